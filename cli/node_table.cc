#include "cli/node_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/human.h"
#include "cli/table.h"

namespace trebol::cli {
namespace {

std::string Remarks(const client::NodeStatus& node) {
  std::string remarks;
  if (node.store_failed) absl::StrAppend(&remarks, "store failed: restart the node ");
  if (node.writes_refused) absl::StrAppend(&remarks, "disk full: takes no writes ");
  if (node.incoming_partitions > 0) {
    absl::StrAppend(&remarks, Count(node.incoming_partitions, "partition"), " coming in ");
  }
  if (node.leaving_partitions > 0) {
    absl::StrAppend(&remarks, Count(node.leaving_partitions, "partition"), " leaving ");
  }
  if (node.missing_chunks > 0) {
    absl::StrAppend(&remarks, Count(node.missing_chunks, "chunk"), " missing ");
  }
  if (node.stray_chunks > 0) {
    absl::StrAppend(&remarks, Count(node.stray_chunks, "chunk"), " held for others ");
  }
  if (node.liveness != "up" && node.heartbeat_age_seconds >= 0) {
    absl::StrAppend(&remarks, "last heard ",
                    HumanDuration(absl::Seconds(node.heartbeat_age_seconds)), " ago");
  }
  if (node.out_in_seconds >= 0) {
    absl::StrAppend(&remarks, ", out in ", HumanDuration(absl::Seconds(node.out_in_seconds)));
  }
  return remarks;
}

}  // namespace

bool ColourWanted(const Environment& environment) {
  const auto no_colour = environment.variable("NO_COLOR");
  return environment.out_is_terminal && (!no_colour || no_colour->empty());
}

void PrintNodes(const std::vector<client::NodeStatus>& nodes, Console& console) {
  std::vector<std::vector<std::string>> rows = {
      {"NODE", "STATE", "LIVE", "BREAKER", "ZONE", "ENDPOINT", "REPLICAS", "STORED", "FREE", ""}};
  for (const client::NodeStatus& node : nodes) {
    rows.push_back({node.id, Printable(node.state), Printable(node.liveness),
                    node.breaker.empty() ? "-" : Printable(node.breaker),
                    node.zone.empty() ? "-" : Printable(node.zone), Printable(node.endpoint),
                    absl::StrCat(node.partitions), HumanBytes(node.chunk_bytes),
                    HumanBytes(node.free_bytes), Remarks(node)});
  }
  const bool colour = ColourWanted(console.environment());
  const std::vector<std::string> lines = AlignColumns(rows, {6, 7, 8});
  console.Print(lines[0]);
  for (size_t i = 0; i < nodes.size(); ++i) {
    const bool good =
        nodes[i].liveness == "up" && !nodes[i].store_failed && nodes[i].breaker != "open";
    console.Print(Paint(lines[i + 1], good ? Colour::kGood : Colour::kBad, colour && !good));
  }
}

}  // namespace trebol::cli
