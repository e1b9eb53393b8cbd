#include "cli/object_table.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/human.h"
#include "cli/table.h"

namespace trebol::cli {
namespace {

using Rows = std::vector<std::vector<std::string>>;

void Print(const Rows& rows, const std::set<size_t>& numbers, Console& console) {
  console.Print("");
  for (const std::string& line : AlignColumns(rows, numbers)) console.Print(line);
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : Printable(text); }

std::string NameOf(const client::ObjectExplanation::Chunk& chunk) {
  return chunk.part == 0 ? absl::StrCat(chunk.index)
                         : absl::StrCat("part ", chunk.part, ", ", chunk.index);
}

std::string RoleOf(const client::ObjectExplanation::Copy& copy) {
  if (copy.hint_for.empty()) return Printable(copy.role);
  return absl::StrCat(Printable(copy.role), " for ", Printable(copy.hint_for));
}

}  // namespace

void PrintObjectFacts(const ObjectUrl& url, const ObjectReport& report, Console& console) {
  const client::ObjectExplanation& sum = report.sum();
  const auto field = [&](const char* name, const std::string& value) {
    console.Print(absl::StrFormat("%-9s %s", absl::StrCat(name, ":"), value));
  };
  field("object", Printable(url.ToString()));
  field("size",
        absl::StrCat(
            sum.object.size, " (", HumanBytes(sum.object.size), "), ",
            Count(report.chunks(), "chunk"),
            sum.object.parts > 0 ? absl::StrCat(" in ", Count(sum.object.parts, "part")) : ""));
  field("etag", Printable(sum.object.etag));
  field("version", Printable(sum.object.version));
}

void PrintChunks(const std::vector<client::ObjectExplanation::Chunk>& chunks,
                 const ObjectReport& report, Console& console) {
  Rows rows = {{"CHUNK", "SIZE", "PARTITION", "NODE", "ENDPOINT", "ZONE", "LIVE", "ROLE", "STATE",
                "VERIFIED SINCE"}};
  for (const client::ObjectExplanation::Chunk& chunk : chunks) {
    bool first = true;
    for (const client::ObjectExplanation::Copy& copy : chunk.copies) {
      const auto node = report.nodes().find(copy.node);
      const client::NodeStatus status =
          node == report.nodes().end() ? client::NodeStatus() : node->second.status;
      rows.push_back({first ? NameOf(chunk) : "", first ? HumanBytes(chunk.size) : "",
                      first ? absl::StrCat(chunk.partition) : "", Printable(copy.node),
                      OrDash(status.endpoint), OrDash(status.zone), OrDash(status.liveness),
                      RoleOf(copy), Printable(copy.state),
                      copy.verified.has_value() ? LocalTime(*copy.verified) : "-"});
      first = false;
    }
  }
  Print(rows, {1, 2}, console);
}

void PrintPatterns(const ObjectReport& report, Console& console) {
  Rows nodes = {{"NODE", "ENDPOINT", "ZONE", "LIVE", "GOOD COPIES", "OTHERS", "VERIFIED SINCE"}};
  for (const auto& [id, node] : report.nodes()) {
    if (node.good + node.others == 0 && node.problem.empty()) continue;
    const bool verified = node.all_verified && node.verified.has_value();
    nodes.push_back({Printable(id), OrDash(node.status.endpoint), OrDash(node.status.zone),
                     OrDash(node.status.liveness), absl::StrCat(node.good),
                     absl::StrCat(node.others), verified ? LocalTime(*node.verified) : "-"});
  }
  Print(nodes, {4, 5}, console);
  Rows patterns = {{"CHUNKS", "COPIES", "FOR EXAMPLE"}};
  for (const auto& [copies, pattern] : report.patterns()) {
    patterns.push_back({absl::StrCat(pattern.chunks), copies, Printable(pattern.example)});
  }
  Print(patterns, {0}, console);
}

void PrintSilentNodes(const ObjectReport& report, Console& console) {
  bool first = true;
  for (const auto& [id, node] : report.nodes()) {
    if (node.problem.empty()) continue;
    if (first) console.Print("");
    first = false;
    console.Print(absl::StrCat("node ", Printable(id), " (", OrDash(node.status.endpoint),
                               ") does not answer: ", Printable(node.problem)));
  }
}

}  // namespace trebol::cli
