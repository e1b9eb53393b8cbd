#include "cli/command_line.h"
#include "cli/node_change.h"
#include "cli/verbs.h"

namespace trebol::cli {

void NodeReplace(const Arguments& arguments, Console& console) {
  Arguments nodes;
  CommandLine line(
      "node replace", "OLD NEW",
      "Gives all partitions of one node to another that has joined and waits: nothing else moves.\n"
      "The old node is drained if it is up, and then out for good. OLD and NEW are ids, their\n"
      "beginnings, or endpoints.",
      console);
  NodeChangeVerb verb(&line);
  line.Positionals(&nodes, 2, 2);
  line.Example("trebol node replace --plan 10.0.0.14:9200 10.0.0.15:9200");
  line.Example("trebol node replace --yes --wait 7f3a 19c0");
  if (!line.Parse(arguments)) return;
  verb.Run(
      {.verb = client::NodeChange::Verb::kReplace, .nodes = {nodes[0]}, .replacement = nodes[1]},
      console);
}

}  // namespace trebol::cli
