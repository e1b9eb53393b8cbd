#include "cli/command_line.h"
#include "cli/node_change.h"
#include "cli/verbs.h"

namespace trebol::cli {

void NodeAdd(const Arguments& arguments, Console& console) {
  client::NodeChange change{.verb = client::NodeChange::Verb::kAdd};
  CommandLine line(
      "node add", "NODE...|--all",
      "Takes nodes that have joined and wait into the cluster: they get their share of the data.\n"
      "A node that drains keeps what it still has. NODE is an id, its beginning, or an endpoint.",
      console);
  NodeChangeVerb verb(&line);
  line.Flag("--all", &change.all_waiting, "Every node that waits");
  line.Positionals(&change.nodes, 0, SIZE_MAX);
  line.Example("trebol node add 10.0.0.14:9200");
  line.Example("trebol node add --all --yes --wait");
  if (!line.Parse(arguments)) return;
  if (change.nodes.empty() != change.all_waiting) {
    return console.Usage("name the nodes to add, or say --all for every one that waits");
  }
  verb.Run(change, console);
}

}  // namespace trebol::cli
