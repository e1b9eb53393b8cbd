#include "cli/command_line.h"
#include "cli/node_change.h"
#include "cli/verbs.h"

namespace trebol::cli {

void NodeDrain(const Arguments& arguments, Console& console) {
  client::NodeChange change{.verb = client::NodeChange::Verb::kDrain};
  CommandLine line(
      "node drain", "NODE...",
      "Lets nodes give away all that they hold. A drained node may be stopped for good, or be\n"
      "added again; 'trebol node add' ends the drain. NODE is an id, its beginning, or an\n"
      "endpoint.",
      console);
  NodeChangeVerb verb(&line);
  line.Positionals(&change.nodes, 1, SIZE_MAX);
  line.Example("trebol node drain --plan 10.0.0.14:9200");
  line.Example("trebol node drain --yes --wait 7f3a");
  if (!line.Parse(arguments)) return;
  verb.Run(change, console);
}

}  // namespace trebol::cli
