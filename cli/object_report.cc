#include "cli/object_report.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/human.h"

namespace trebol::cli {
namespace {

std::string Has(uint64_t chunks) { return chunks == 1 ? "has" : "have"; }

/// "2 of 3 chunks have", "its only chunk has".
std::string SomeHave(uint64_t some, uint64_t all) {
  if (all == 1) return "its only chunk has";
  if (some == all) return absl::StrCat("all ", all, " chunks have");
  return absl::StrCat(some, " of ", all, " chunks ", Has(some));
}

}  // namespace

std::string DescribeCopies(const client::ObjectExplanation::Chunk& chunk) {
  std::vector<std::pair<std::string, int>> counts;  // in the order of the copies
  for (const client::ObjectExplanation::Copy& copy : chunk.copies) {
    std::string what = Printable(copy.state);
    if (copy.role != "serving") absl::StrAppend(&what, " (", Printable(copy.role), ")");
    const auto at = std::find_if(counts.begin(), counts.end(),
                                 [&](const auto& count) { return count.first == what; });
    if (at == counts.end()) {
      counts.emplace_back(std::move(what), 1);
    } else {
      ++at->second;
    }
  }
  std::sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
    const bool a_good = a.first.starts_with("present");
    const bool b_good = b.first.starts_with("present");
    return a_good != b_good ? a_good : a.first < b.first;
  });
  return absl::StrJoin(counts, ", ", [](std::string* out, const auto& count) {
    absl::StrAppend(out, count.second, " ", count.first);
  });
}

void ObjectReport::Add(const client::ObjectExplanation& page) {
  if (chunks_ == 0) {
    sum_ = page;
    sum_.chunks.clear();
    sum_.nodes.clear();
  } else {
    sum_.full += page.full;
    sum_.fewer += page.fewer;
    sum_.one += page.one;
    sum_.none += page.none;
    sum_.lost += page.lost;
    sum_.least_copies = std::min(sum_.least_copies, page.least_copies);
    sum_.most_copies = std::max(sum_.most_copies, page.most_copies);
    sum_.least_zones = std::min(sum_.least_zones, page.least_zones);
    sum_.zones = page.zones;
    sum_.map_epoch = page.map_epoch;
  }
  sum_.next_offset = page.next_offset;
  for (const client::ObjectExplanation::Node& node : page.nodes) {
    Node& known = nodes_[node.status.id];
    known.status = node.status;
    if (!node.problem.empty()) known.problem = node.problem;
  }
  for (const client::ObjectExplanation::Chunk& chunk : page.chunks) AddChunk(chunk);
}

void ObjectReport::AddChunk(const client::ObjectExplanation::Chunk& chunk) {
  ++chunks_;
  Pattern& pattern = patterns_[DescribeCopies(chunk)];
  if (pattern.chunks++ == 0) pattern.example = chunk.id;
  for (const client::ObjectExplanation::Copy& copy : chunk.copies) {
    Node& node = nodes_[copy.node];
    if (copy.state != "present") {
      ++node.others;
      continue;
    }
    ++node.good;
    if (!copy.verified.has_value()) {
      node.all_verified = false;
    } else if (!node.verified.has_value() || *copy.verified < *node.verified) {
      node.verified = copy.verified;
    }
  }
}

ObjectReport::Verdict ObjectReport::verdict() const {
  if (sum_.lost > 0) return Verdict::kLost;
  if (sum_.none > 0) return Verdict::kUnavailable;
  return sum_.full == chunks_ ? Verdict::kSafe : Verdict::kAtRisk;
}

std::string ObjectReport::Word() const {
  switch (verdict()) {
    case Verdict::kSafe:
      return "safe";
    case Verdict::kAtRisk:
      return "at_risk";
    case Verdict::kUnavailable:
      return "unavailable";
    case Verdict::kLost:
      return "lost";
  }
  return "";
}

std::string ObjectReport::Silent() const {
  std::vector<std::string> silent;
  for (const auto& [id, node] : nodes_) {
    if (!node.problem.empty()) silent.push_back(Printable(node.status.endpoint));
  }
  if (silent.empty()) return "";
  return absl::StrCat("; ", absl::StrJoin(silent, " and "),
                      silent.size() == 1 ? " does not answer" : " do not answer");
}

std::string ObjectReport::Sentence() const {
  const uint32_t least = sum_.least_copies;
  switch (verdict()) {
    case Verdict::kSafe: {
      if (chunks_ == 0) return "safe: the object has no bytes";
      const bool alike = least == sum_.most_copies;
      const bool all_zones = sum_.least_zones >= std::min(sum_.copies, sum_.zones);
      const std::string each =
          chunks_ == 1 ? "its only chunk" : absl::StrCat("each of ", chunks_, " chunks");
      return absl::StrCat("safe: ", each, " has ", alike ? "" : "at least ", least, " good ",
                          least == 1 ? "copy" : "copies", " in ", all_zones ? "" : "at least ",
                          Count(sum_.least_zones, "zone"));
    }
    case Verdict::kAtRisk: {
      const std::string only = sum_.one == 0 || sum_.copies <= 2 ? ""
                               : sum_.fewer == 0
                                   ? ": only one"
                                   : absl::StrCat(", ", sum_.one, " of them only one");
      return absl::StrCat("at risk: ", SomeHave(sum_.fewer + sum_.one, chunks_), " fewer than ",
                          sum_.copies, " good copies", only, Silent());
    }
    case Verdict::kUnavailable:
      return absl::StrCat("UNAVAILABLE: ", SomeHave(sum_.none, chunks_),
                          " no good copy on the nodes that answer", Silent());
    case Verdict::kLost:
      return absl::StrCat("LOST: ", SomeHave(sum_.lost, chunks_), " no good copy on any node");
  }
  return "";
}

}  // namespace trebol::cli
