#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/json.h"
#include "cli/node_table.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

void PrintField(const char* name, absl::string_view value, Console& console) {
  console.Print(absl::StrFormat("%-12s %s", absl::StrCat(name, *name == 0 ? "" : ":"), value));
}

Colour ColourOf(const std::string& health) {
  if (health == "healthy") return Colour::kGood;
  return health == "unavailable" ? Colour::kBad : Colour::kWarning;
}

void PrintStatus(const client::ClusterStatus& status, Console& console) {
  PrintField("cluster", Printable(status.cluster_id), console);
  PrintField("health",
             Paint(status.health, ColourOf(status.health), ColourWanted(console.environment())),
             console);
  for (const std::string& reason : status.reasons) PrintField("", Printable(reason), console);
  PrintField("nodes", absl::StrCat(status.nodes_up, " of ", status.nodes.size(), " up"), console);
  PrintField("partitions",
             absl::StrCat(status.partitions, ", ", status.degraded_partitions, " degraded, ",
                          status.unavailable_partitions, " unavailable"),
             console);
  if (status.moving_partitions > 0) {
    PrintField("moving",
               absl::StrCat(Count(status.moving_partitions, "partition"), ", ",
                            status.moved_partitions, " done"),
               console);
  }
  PrintField(
      "copies",
      absl::StrCat(status.copies, " meant of each chunk, a write waits for ", status.write_quorum),
      console);
  PrintField("stored",
             absl::StrCat(Count(status.objects, "object"), ", ", HumanBytes(status.object_bytes),
                          " in ", Count(status.buckets, "bucket")),
             console);
  PrintField("garbage",
             absl::StrCat(HumanBytes(status.garbage_bytes), " of ",
                          Count(status.garbage_versions, "version"),
                          status.collection_frozen ? "; collection is frozen" : ""),
             console);
}

}  // namespace

void ClusterStatusVerb(const Arguments& arguments, Console& console) {
  bool json = false;
  CommandLine line(
      "cluster status", "",
      "Shows the health of the cluster with its reasons, what it holds, and its nodes.", console);
  line.Flag("--json", &json, "One JSON object");
  line.Example("trebol cluster status");
  line.Example("trebol cluster status --json | jq .health");
  if (!line.Parse(arguments)) return;
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto status = client->GetClusterStatus();
  if (!status.ok()) return console.Fail("", status.status());
  if (json) return console.Print(ClusterJson(*status));
  PrintStatus(*status, console);
  console.Print("");
  PrintNodes(status->nodes, console);
}

}  // namespace trebol::cli
