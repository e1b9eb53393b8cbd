#pragma once

#include <optional>
#include <string>

#include "cli/command_line.h"
#include "cli/console.h"
#include "client/access.h"

namespace trebol::cli {

/// What `trebol key create` and `trebol key import` have in common.
struct KeyOptions {
  std::string user;
  std::string display_name;
  std::string expires;
  bool json = false;

  void Describe(CommandLine& line);
  /// Nothing after a mistake, which was named.
  std::optional<client::AccessKeyOptions> Take(Console& console) const;
};

}  // namespace trebol::cli
