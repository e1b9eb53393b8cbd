#pragma once

#include <vector>

#include "cli/command_line.h"
#include "cli/console.h"
#include "client/client.h"

namespace trebol::cli {

/// What the verbs that change nodes have in common: options, the plan shown first, the question,
/// and the wait for the end.
class NodeChangeVerb {
 public:
  /// Declares the common options on `line`, which is parsed and connects later.
  explicit NodeChangeVerb(CommandLine* line);

  /// Shows what `change` would do, asks, does it, and waits, as the options say.
  void Run(const client::NodeChange& change, Console& console);

 private:
  void Apply(const client::Client& client, const client::NodeChange& change, Console& console);

  CommandLine& line_;
  bool plan_ = false;
  bool yes_ = false;
  bool json_ = false;
  bool wait_ = false;
};

}  // namespace trebol::cli
