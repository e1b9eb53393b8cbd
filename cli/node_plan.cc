#include "cli/node_plan.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "cli/human.h"
#include "cli/table.h"

namespace trebol::cli {
namespace {

std::string Percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? "-" : absl::StrCat(100 * part / whole, " %");
}

std::vector<std::string> Row(const client::NodeChangePlan::Node& node) {
  return {node.id,
          Printable(node.state),
          node.zone.empty() ? "-" : Printable(node.zone),
          Printable(node.endpoint),
          absl::StrCat(node.partitions_before),
          absl::StrCat(node.partitions_after),
          HumanBytes(node.bytes_before),
          HumanBytes(node.bytes_after),
          Percent(node.bytes_before, node.capacity_bytes),
          Percent(node.bytes_after, node.capacity_bytes)};
}

}  // namespace

void PrintPlan(const client::NodeChangePlan& plan, Console& console) {
  std::vector<std::vector<std::string>> rows = {{"NODE", "BECOMES", "ZONE", "ENDPOINT", "REPLICAS",
                                                 "THEN", "STORED", "THEN", "FILL", "THEN"}};
  for (const client::NodeChangePlan::Node& node : plan.nodes) rows.push_back(Row(node));
  for (const std::string& line : AlignColumns(rows, {4, 5, 6, 7, 8, 9})) console.Print(line);
  if (plan.changes_nothing) {
    console.Print("nothing is to be changed");
  } else if (plan.moved_copies == 0) {
    console.Print("nothing has to be copied");
  } else {
    console.Print(absl::StrCat(plan.moved_copies, plan.moved_copies == 1 ? " copy" : " copies",
                               " of ", Count(plan.moved_partitions, "partition"), " move, about ",
                               HumanBytes(plan.moved_bytes), " in ",
                               HumanDuration(absl::Seconds(plan.seconds)), " or more"));
  }
  for (const std::string& note : plan.notes) console.Print(Printable(note));
}

}  // namespace trebol::cli
