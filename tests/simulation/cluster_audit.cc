#include "tests/simulation/cluster_audit.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"

namespace trebol {
namespace {

constexpr uint32_t kPageSize = 7;
// A session's term is ten steps; then it is closed, offered, settled, deleted and struck off.
constexpr int kStepsUntilClean = 40;

uint32_t ChunksOf(const v1::Manifest& manifest) {
  return static_cast<uint32_t>((manifest.size() + manifest.chunk_size() - 1) /
                               manifest.chunk_size());
}

/// Of the put that wrote it; 0 if it does not say.
uint64_t NumberOf(const v1::Manifest& manifest) {
  uint64_t number = 0;
  for (const v1::NameValue& pair : manifest.user_metadata()) {
    if (pair.name() == "tag" && !absl::SimpleAtoi(pair.value(), &number)) number = 0;
  }
  return number;
}

}  // namespace

void ClusterAudit::AfterRestart() {
  CheckNodes();
  for (size_t key = 0; key < ledger_.keys(); ++key) CheckKey(key);
  CheckListing();
}

void ClusterAudit::CheckNodes() {
  for (size_t i = 0; i < cluster_.nodes(); ++i) {
    const RecoveryReport& report = cluster_.store(i).recovery();
    rewritten_records_ += report.rewritten_records;
    if (report.damaged_stretches > 0) {
      Violation(absl::StrCat("LOST: node ", i, " found damage in what it had flushed"));
    }
  }
  const auto nodes = cluster_.catalog().Nodes();
  const auto cluster = cluster_.catalog().Cluster();
  if (!nodes.ok() || !cluster.ok()) return Violation("metadata does not know its nodes");
  for (const v1::NodeRow& node : *nodes) {
    if (node.reconciling()) {
      Violation(absl::StrCat("LOST: node ", node.registration().endpoint(),
                             " came back with less than it had said was durable"));
    }
  }
  if (cluster->collection_frozen()) {
    Violation(absl::StrCat("LOST: metadata froze collection: ", cluster->frozen_reason()));
  }
}

std::optional<v1::Manifest> ClusterAudit::Lookup(size_t key) {
  v1::LookupObjectRequest request;
  request.set_bucket("bucket");
  request.set_key(ClusterLedger::Name(key));
  auto found = cluster_.catalog().LookupObject(request);
  if (found.ok()) return found->object().manifest();
  if (!absl::IsNotFound(found.status())) {
    Violation(absl::StrCat("LOST: lookup of ", request.key(), ": ", found.status().ToString()));
  }
  return std::nullopt;
}

void ClusterAudit::CheckKey(size_t key) {
  const auto manifest = Lookup(key);
  ClusterLedger::Seen seen;
  if (manifest.has_value()) {
    const uint64_t number = NumberOf(*manifest);
    seen = number;
    if (manifest->size() != ledger_.SizeOf(key, number) || manifest->chunk_size() != chunk_size_) {
      Violation(absl::StrCat("WRONG: ", ClusterLedger::Name(key), " has ", manifest->size(),
                             " bytes and put ", number, " sent ", ledger_.SizeOf(key, number)));
    }
    CheckCopies(key, number, *manifest);
  }
  std::string wrong = ledger_.Settle(key, seen);
  if (!wrong.empty()) Violation(std::move(wrong));
}

void ClusterAudit::CheckCopies(size_t key, uint64_t number, const v1::Manifest& manifest) {
  const std::string content = ledger_.Bytes(key, number, manifest.size());
  const auto map = cluster_.map();
  for (uint32_t index = 0; index < ChunksOf(manifest); ++index) {
    const ChunkId id{VersionIdOf(manifest.version()), index};
    const size_t offset = static_cast<size_t>(index) * chunk_size_;
    const absl::string_view expected = absl::string_view(content).substr(offset, chunk_size_);
    uint32_t good = 0;
    std::vector<std::string> others;
    for (size_t node = 0; node < cluster_.nodes(); ++node) {
      const auto copy = cluster_.store(node).Get(id, 0, 0);
      if (copy.ok() && copy->data == expected) {
        ++good;
        ++copies_checked_;
        continue;
      }
      others.push_back(absl::StrCat(node, ": ", copy.status().ToString()));
      const ErrorReason reason = ReasonOf(copy.status());
      if (copy.ok() || (reason != v1::CHUNK_NOT_FOUND && reason != v1::CHUNK_UNKNOWN)) {
        Violation(absl::StrCat("WRONG: the copy of chunk ", index, " of ", ClusterLedger::Name(key),
                               " on node ", others.back()));
      }
    }
    if (good < map->write_quorum()) {
      Violation(absl::StrCat("LOST: chunk ", index, " of ", ClusterLedger::Name(key), " put ",
                             number, " is on ", good, " nodes (", absl::StrJoin(others, "; "),
                             ")"));
    }
  }
}

std::vector<ClusterAudit::Expected> ClusterAudit::ExpectedChunks() {
  std::vector<Expected> chunks;
  for (size_t key = 0; key < ledger_.keys(); ++key) {
    const auto manifest = Lookup(key);
    if (!manifest.has_value()) continue;
    const uint64_t number = NumberOf(*manifest);
    const std::string content = ledger_.Bytes(key, number, manifest->size());
    for (uint32_t index = 0; index < ChunksOf(*manifest); ++index) {
      chunks.push_back({absl::StrCat(ClusterLedger::Name(key), " chunk ", index),
                        {VersionIdOf(manifest->version()), index},
                        content.substr(static_cast<size_t>(index) * chunk_size_, chunk_size_)});
    }
  }
  return chunks;
}

std::string ClusterAudit::FirstLack() {
  for (size_t node = 0; node < cluster_.nodes(); ++node) {
    if (cluster_.store(node).Statistics().uncertain) {
      return absl::StrCat("node ", node, " is uncertain");
    }
  }
  for (const Expected& chunk : ExpectedChunks()) {
    for (size_t node = 0; node < cluster_.nodes(); ++node) {
      const auto copy = cluster_.store(node).Get(chunk.id, 0, 0);
      if (!copy.ok() || copy->data != chunk.bytes) {
        return absl::StrCat("node ", node, " has not got ", chunk.name, ": ",
                            copy.ok() ? "other bytes" : copy.status().ToString());
      }
      ++copies_checked_;
    }
  }
  return "";
}

void ClusterAudit::CheckListing() {
  const auto listed = cluster_.List(kPageSize);
  if (!listed.ok()) {
    Violation(absl::StrCat("UNAVAILABLE: list: ", listed.status().ToString()));
  } else if (*listed != ledger_.Listing()) {
    Violation(absl::StrCat("LOST: the listing shows ", absl::StrJoin(*listed, " "), " and not ",
                           absl::StrJoin(ledger_.Listing(), " ")));
  }
}

std::vector<uint64_t> ClusterAudit::ReferredChunks() {
  std::vector<uint64_t> chunks(cluster_.nodes());
  for (size_t key = 0; key < ledger_.keys(); ++key) {
    const auto manifest = Lookup(key);
    if (!manifest.has_value()) continue;
    for (uint32_t index = 0; index < ChunksOf(*manifest); ++index) {
      for (size_t node = 0; node < cluster_.nodes(); ++node) {
        const auto stat = cluster_.store(node).Stat({VersionIdOf(manifest->version()), index});
        if (stat.ok() && stat->state == ChunkState::kPresent) ++chunks[node];
      }
    }
  }
  return chunks;
}

bool ClusterAudit::IsClean() {
  const auto cluster = cluster_.catalog().Cluster();
  const auto unsettled = cluster_.catalog().UnsettledSessions();
  const auto open = cluster_.catalog().OpenSessions();
  return cluster.ok() && unsettled.ok() && open.ok() && cluster->garbage_versions() == 0 &&
         cluster->garbage_bytes() == 0 && unsettled->empty() && open->size() == 1;
}

std::string ClusterAudit::Surplus() {
  const std::vector<uint64_t> referred = ReferredChunks();
  for (size_t node = 0; node < cluster_.nodes(); ++node) {
    const uint64_t held = cluster_.store(node).Statistics().chunks;
    if (held == referred[node]) continue;
    return absl::StrCat("node ", node, " holds ", held, " chunks and names refer to ",
                        referred[node]);
  }
  return "";
}

void ClusterAudit::StepUntilClean() {
  int steps = 0;
  do {
    cluster_.Step();
    if (!cluster_.trouble().empty()) Violation(absl::StrCat("UNAVAILABLE: ", cluster_.trouble()));
  } while (!(IsClean() && Surplus().empty()) && ++steps < kStepsUntilClean);
}

void ClusterAudit::Collect() {
  // Where copies move some may be left on nodes that are no members: those go once the members have
  // said that they are deleted.
  StepUntilClean();
  if (cluster_.moves_copies() && IsClean() && !Surplus().empty()) {
    // What was deleted while a node had left its partition and not handed over stays there until an
    // audit finds it (guarantees.md).
    if (const absl::Status audited = cluster_.AuditOrphans(); !audited.ok()) {
      Violation(absl::StrCat("LEAK: ", audited.ToString()));
    }
    StepUntilClean();
  }
  if (!IsClean()) {
    const auto row = cluster_.catalog().Cluster();
    return Violation(absl::StrCat("LEAK: garbage is still there: ",
                                  row.ok() ? row->ShortDebugString() : row.status().ToString()));
  }
  if (const std::string surplus = Surplus(); !surplus.empty()) {
    Violation(absl::StrCat("LEAK: ", surplus));
  }
}

}  // namespace trebol
