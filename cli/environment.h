#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <stop_token>
#include <string>

#include "common/base/clock.h"

namespace trebol::cli {

/// What the command line takes from the process it runs in; tests give their own. The streams and
/// the clock belong to the caller.
struct Environment {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool in_is_terminal = false;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  /// The value of an environment variable.
  std::function<std::optional<std::string>(const std::string& name)> variable =
      [](const std::string&) { return std::nullopt; };
  /// Width of the terminal behind `err`.
  std::function<int()> columns = [] { return 80; };
  const Clock& clock = SystemClock();
  /// Ctrl-C: what runs is cancelled and cleans up.
  std::stop_token stop;
};

}  // namespace trebol::cli
