#include "cli/command_line.h"
#include "cli/json.h"
#include "cli/node_table.h"
#include "cli/verbs.h"

namespace trebol::cli {

void NodeLs(const Arguments& arguments, Console& console) {
  bool json = false;
  CommandLine line(
      "node ls", "",
      "Lists the storage nodes: state, liveness, zone, replicas of partitions that the\n"
      "table gives them, bytes stored and free, what comes in and leaves.",
      console);
  line.Flag("--json", &json, "One JSON object a line");
  line.Example("trebol node ls");
  if (!line.Parse(arguments)) return;
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto status = client->GetClusterStatus();
  if (!status.ok()) return console.Fail("", status.status());
  if (!json) return PrintNodes(status->nodes, console);
  for (const client::NodeStatus& node : status->nodes) console.Print(NodeJson(node));
}

}  // namespace trebol::cli
