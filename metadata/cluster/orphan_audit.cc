#include "metadata/cluster/orphan_audit.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "common/telemetry/log.h"
#include "metadata/catalog/standing.h"
#include "metadata/cluster/node_names.h"

namespace trebol {
namespace {

using catalog::Standing;

constexpr absl::Duration kLook = absl::Seconds(1);
// Between steps: a run takes nodes' and metadata's time, and has a week.
constexpr absl::Duration kStepPause = absl::Milliseconds(50);
constexpr size_t kOffersPerCommand = 1'000;
constexpr size_t kNodesNamed = 3;

std::string NameIn(const ClusterMap& map, NodeId id) {
  const v1::ClusterNode* node = map.FindNode(id);
  return node == nullptr ? absl::StrCat("node ", ToString(id)) : NameOf(*node);
}

/// How much of them is on which nodes.
template <typename Orphans>
std::string Shares(const ClusterMap& map, const Orphans& orphans) {
  std::map<NodeId, uint64_t> by_node;
  for (const auto& orphan : orphans) by_node[orphan.node] += orphan.bytes;
  std::vector<std::string> named;
  for (const auto& [node, bytes] : by_node) {
    if (named.size() == kNodesNamed) break;
    named.push_back(absl::StrCat(bytes, " on ", NameIn(map, node)));
  }
  if (by_node.size() > named.size()) {
    named.push_back(absl::StrCat("more on ", by_node.size() - named.size(), " other nodes"));
  }
  return absl::StrJoin(named, ", ");
}

}  // namespace

OrphanAudit::OrphanAudit(Catalog* catalog, ListVersions list_versions, Instant started,
                         Options options)
    : catalog_(catalog),
      list_versions_(std::move(list_versions)),
      options_(options),
      due_(started + std::min(options.first, options.interval)) {}

void OrphanAudit::StartRun() {
  MutexLock lock(&mu_);
  progress_.start = !progress_.running;
}

void OrphanAudit::Pause(bool paused) {
  MutexLock lock(&mu_);
  progress_.paused = paused;
}

absl::StatusOr<absl::Duration> OrphanAudit::Tick(Instant now, std::shared_ptr<const ClusterMap> map,
                                                 const AuditedNodes& nodes,
                                                 const absl::Status& may_collect) {
  absl::StatusOr<absl::Duration> next = Work(now, *map, nodes, may_collect);
  if (!next.ok()) Break(now, std::string(next.status().message()));
  return next;
}

absl::StatusOr<absl::Duration> OrphanAudit::Work(Instant now, const ClusterMap& map,
                                                 const AuditedNodes& nodes,
                                                 const absl::Status& may_collect) {
  if (stage_ == Stage::kIdle) {
    const std::string unfit = Unfit(map, nodes, may_collect);
    MutexLock lock(&mu_);
    if (!map.has_table() || !progress_.IsDue(now, due_)) return kLook;
    if (!unfit.empty()) {
      progress_.problem = absl::StrCat("a run is due and waits: ", unfit);
      return kLook;
    }
    Begin(now, nodes);
  }
  std::string broken = Unfit(map, nodes, may_collect);
  if (broken.empty()) broken = Changed(map, nodes);
  if (!broken.empty()) {
    Break(now, std::move(broken));
    return kLook;
  }
  if (stage_ == Stage::kScanning) {
    ASSIGN_OR_RETURN(broken, ScanPage());
    if (!broken.empty()) {
      Break(now, std::move(broken));
      return kLook;
    }
    if (at_ != nodes_.end()) return kStepPause;
    std::string held = Brake(map);
    if (!held.empty()) {
      End(now, std::move(held));
      return kLook;
    }
    stage_ = Stage::kOffering;
    return kStepPause;
  }
  RETURN_IF_ERROR(OfferSome());
  if (next_offer_ < orphans_.size()) return kStepPause;
  End(now, "");
  return kLook;
}

void OrphanAudit::Begin(Instant now, const AuditedNodes& nodes) {
  stage_ = Stage::kScanning;
  nodes_.clear();
  for (const auto& [id, node] : nodes) nodes_[id] = node.incarnation;
  at_ = nodes_.begin();
  after_ = {};
  orphans_.clear();
  too_many_ = false;
  accepting_ = false;
  next_offer_ = 0;
  progress_.Begin(now);
  counts_ = {};
  findings_.clear();
}

std::string OrphanAudit::Unfit(const ClusterMap& map, const AuditedNodes& nodes,
                               const absl::Status& may_collect) const {
  {
    MutexLock lock(&mu_);
    if (progress_.paused) return "it was paused";
  }
  if (Planted("audit.scan_without_nodes")) return "";
  if (!may_collect.ok()) return absl::StrCat("nothing is collected: ", may_collect.message());
  if (nodes.empty()) return "there is no storage node";
  for (const auto& [id, node] : nodes) {
    if (!node.up) return absl::StrCat(NameIn(map, id), " is not up");
    if (node.reconciling) return absl::StrCat(NameIn(map, id), " is reconciling");
  }
  return "";
}

std::string OrphanAudit::Changed(const ClusterMap& map, const AuditedNodes& nodes) const {
  for (const auto& [id, node] : nodes) {
    const auto known = nodes_.find(id);
    if (known == nodes_.end()) return absl::StrCat(NameIn(map, id), " joined meanwhile");
    if (known->second != node.incarnation) {
      return absl::StrCat(NameIn(map, id), " started anew meanwhile");
    }
  }
  for (const auto& [id, incarnation] : nodes_) {
    if (!nodes.contains(id)) return absl::StrCat(NameIn(map, id), " is out");
  }
  return "";
}

absl::StatusOr<std::string> OrphanAudit::ScanPage() {
  if (at_ == nodes_.end()) return "";
  const NodeId node = at_->first;
  // Before the question: see the header.
  std::unique_ptr<RowReader> rows = catalog_->Snapshot();
  const auto page = list_versions_(node, after_, options_.page);
  if (Planted("audit.judge_after_listing")) rows = catalog_->Snapshot();
  if (!page.ok()) {
    return absl::StrCat("node ", ToString(node), " did not answer: ", page.status().message());
  }
  if (page->incarnation != at_->second) {
    return absl::StrCat("node ", ToString(node), " started anew meanwhile");
  }
  std::vector<VersionId> versions;
  for (const Held& held : page->versions) {
    if (held.version <= after_) {
      return absl::StrCat("node ", ToString(node), " did not list its versions in order");
    }
    after_ = held.version;
    versions.push_back(held.version);
  }
  if (page->more && versions.empty()) {
    return absl::StrCat("node ", ToString(node), " listed nothing, and says that there is more");
  }
  ASSIGN_OR_RETURN(const std::vector<Standing> standings,
                   catalog::JudgeVersions(*rows, catalog_->identity().generation, versions));
  for (size_t i = 0; i < versions.size(); ++i) {
    Judged(node, page->versions[i], standings[i] == Standing::kOrphan,
           standings[i] == Standing::kUnknown);
  }
  if (!page->more) {
    ++at_;
    after_ = {};
  }
  return "";
}

void OrphanAudit::Judged(NodeId node, const Held& held, bool orphan, bool unknown) {
  MutexLock lock(&mu_);
  progress_.done = ++counts_.versions;
  counts_.bytes += held.bytes;
  if (unknown) {
    ++counts_.unknown;
    counts_.unknown_bytes += held.bytes;
  }
  if (!orphan) return;
  ++counts_.orphans;
  counts_.orphan_bytes += held.bytes;
  if (findings_.size() < kMostFindings) {
    findings_.push_back({.version = held.version,
                         .bytes = held.bytes,
                         .node = node,
                         .why = absl::StrCat(held.chunks, " chunks that nothing refers to")});
  }
  too_many_ = orphans_.size() == options_.most_versions;
  if (!too_many_) orphans_.push_back({held.version, held.bytes, node});
}

std::string OrphanAudit::Brake(const ClusterMap& map) {
  Counts counts;
  {
    MutexLock lock(&mu_);
    counts = counts_;
  }
  const double share = options_.share * static_cast<double>(counts.bytes);
  const auto usual = std::min(options_.most_bytes, static_cast<uint64_t>(share));
  const uint64_t limit = std::max(usual, options_.least_bytes);
  if (Planted("audit.no_brake")) return "";
  if (counts.orphan_bytes <= limit && !too_many_) return "";
  if (!accepted_ && counts.orphan_bytes <= options_.accept_bytes && !too_many_) {
    accepting_ = true;
    Log(LogLevel::kWarning, "metadata", "orphans above the limit of a run are collected",
        {{"bytes", counts.orphan_bytes}, {"accepted", options_.accept_bytes}});
    return "";
  }
  const std::string found =
      absl::StrCat("nodes hold ", counts.orphan_bytes, " bytes of ", counts.orphans,
                   " versions that nothing refers to (", Shares(map, orphans_), ")");
  if (too_many_) {
    return absl::StrCat(found, ", more than the ", options_.most_versions,
                        " that one run may delete; nothing was deleted. See whether metadata is "
                        "the newest there is");
  }
  return absl::StrCat(found, ", more than the ", limit,
                      " that one run may delete; nothing was deleted. If metadata is the newest "
                      "there is and they may go, restart it with --accept-orphans=",
                      counts.orphan_bytes);
}

absl::Status OrphanAudit::OfferSome() {
  if (next_offer_ == orphans_.size()) return absl::OkStatus();
  v1::Command command;
  v1::OfferVersionsRequest& offer = *command.mutable_offer_versions()->mutable_offer();
  const NodeId node = orphans_[next_offer_].node;
  offer.set_node_id(node.value);
  for (; next_offer_ < orphans_.size() && orphans_[next_offer_].node == node &&
         offer.versions_size() < static_cast<int>(kOffersPerCommand);
       ++next_offer_) {
    const Orphan& orphan = orphans_[next_offer_];
    v1::OfferVersionsRequest::Version& version = *offer.add_versions();
    version.set_generation(orphan.version.generation.value);
    version.set_session(orphan.version.session.value);
    version.set_sequence(orphan.version.sequence);
    version.set_bytes(orphan.bytes);
  }
  ASSIGN_OR_RETURN(const SubmitResult result, catalog_->Submit(std::move(command)));
  MutexLock lock(&mu_);
  for (const int verdict : result.outcome.offer_versions().response().verdicts()) {
    if (verdict == v1::OfferVersionsResponse::GARBAGE) ++counts_.offered;
  }
  return absl::OkStatus();
}

void OrphanAudit::Break(Instant now, std::string why) {
  stage_ = Stage::kIdle;
  orphans_.clear();
  due_ = now + std::min(options_.retry, options_.interval);
  MutexLock lock(&mu_);
  progress_.running = false;
  progress_.problem = absl::StrCat("the last run broke off: ", why);
}

void OrphanAudit::End(Instant now, std::string held) {
  stage_ = Stage::kIdle;
  orphans_.clear();
  accepted_ |= accepting_;
  due_ = now + options_.interval;
  MutexLock lock(&mu_);
  progress_.End(now);
  held_ = std::move(held);
  Log(held_.empty() ? LogLevel::kInfo : LogLevel::kWarning, "metadata",
      "a run of the audit of orphans ended",
      {{"versions", counts_.versions},
       {"bytes", counts_.bytes},
       {"orphans", counts_.orphans},
       {"orphan bytes", counts_.orphan_bytes},
       {"unknown", counts_.unknown},
       {"became garbage", counts_.offered},
       {"held", held_}});
}

OrphanAudit::Report OrphanAudit::report(Instant now) const {
  Report report;
  MutexLock lock(&mu_);
  report.findings = findings_;
  report.run = counts_;
  report.runs = progress_.passes;
  report.last_run_ended = progress_.ended;
  report.held = held_;
  report.task = progress_.Describe("orphan-audit", "versions", now);
  return report;
}

}  // namespace trebol
