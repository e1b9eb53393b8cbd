#include "cli/command_line.h"
#include "cli/node_change.h"
#include "cli/verbs.h"

namespace trebol::cli {

void NodeRemove(const Arguments& arguments, Console& console) {
  client::NodeChange change{.verb = client::NodeChange::Verb::kRemove};
  CommandLine line(
      "node remove", "NODE...",
      "Takes nodes out for good. One that is up is drained first; of one that is down the copies\n"
      "are made anew from the others, and it can never come back. NODE is an id, its beginning,\n"
      "or an endpoint.",
      console);
  NodeChangeVerb verb(&line);
  line.Positionals(&change.nodes, 1, SIZE_MAX);
  line.Example("trebol node remove --plan 7f3a");
  line.Example("trebol node remove --yes --wait 10.0.0.14:9200");
  if (!line.Parse(arguments)) return;
  verb.Run(change, console);
}

}  // namespace trebol::cli
