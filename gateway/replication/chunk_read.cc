#include "gateway/replication/chunk_read.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/planted.h"
#include "common/cluster/placement.h"

namespace trebol {
namespace {

/// The same request under a cancellation of its own; the deadline stays.
RequestContextPtr Own(const RequestContextPtr& caller) {
  auto own = std::make_shared<RequestContext>(*caller);
  own->cancellation = std::make_shared<Cancellation>();
  return own;
}

}  // namespace

ChunkRead::ChunkRead(const RequestContextPtr& caller, What what,
                     std::shared_ptr<const ClusterMap> map, std::shared_ptr<NodeHealth> nodes)
    : what_(what),
      map_(std::move(map)),
      nodes_(std::move(nodes)),
      replicas_(map_->Replicas(map_->PartitionOf(what.id))),
      first_(Own(caller)) {
  const size_t begin = what.id.index + what.id.version.sequence;
  if (!replicas_.serving.empty()) usual_ = replicas_.serving[begin % replicas_.serving.size()];
  next_ = nodes_->Order(*map_, replicas_.serving, begin);
  for (const auto* some : {&replicas_.leaving, &replicas_.incoming}) {
    if (some->empty()) continue;
    for (NodeId node : nodes_->Order(*map_, *some, begin)) next_.push_back(node);
  }
}

void ChunkRead::Cancel() {
  first_->cancellation->Cancel();
  RequestContextPtr second;
  {
    MutexLock lock(&mutex_);
    second = second_;
  }
  if (second != nullptr) second->cancellation->Cancel();
}

std::optional<NodeId> ChunkRead::Next() {
  MutexLock lock(&mutex_);
  if (asked_of_next_ == next_.size() && !with_handoffs_ && !Planted("gateway.asks_members_only")) {
    with_handoffs_ = true;
    for (NodeId node : nodes_->Order(*map_, HandoffOrder(*map_, replicas_.partition), 0)) {
      if (!absl::c_linear_search(replicas_.leaving, node)) next_.push_back(node);
    }
  }
  if (asked_of_next_ == next_.size()) return std::nullopt;
  return next_[asked_of_next_++];
}

void ChunkRead::Asks(NodeId node) {
  MutexLock lock(&mutex_);
  asked_ = node;
}

std::optional<NodeId> ChunkRead::asked() {
  MutexLock lock(&mutex_);
  return asked_;
}

void ChunkRead::Failed(NodeId node, const absl::Status& status) {
  const ErrorReason reason = ReasonOf(status);
  MutexLock lock(&mutex_);
  worth_refreshing_ |= reason == v1::STALE_EPOCH || reason == v1::CHUNK_NOT_FOUND;
  failures_.push_back(absl::StrCat("node ", ToString(node), ": ", status.message()));
}

RequestContextPtr ChunkRead::BeginSecond() {
  MutexLock lock(&mutex_);
  if (second_ != nullptr || ended_ || first_->cancellation->cancelled()) return nullptr;
  second_ = Own(first_);
  outcome_ = std::make_shared<Outcome>();
  return second_;
}

bool ChunkRead::second_begun() {
  MutexLock lock(&mutex_);
  return second_ != nullptr;
}

void ChunkRead::EndSecond(absl::StatusOr<Bytes> result) {
  const bool won = result.ok();
  std::shared_ptr<Outcome> outcome;
  {
    MutexLock lock(&mutex_);
    second_won_ = won;
    outcome = outcome_;
  }
  outcome->Set(std::move(result));
  if (won) first_->cancellation->Cancel();
}

std::shared_ptr<ChunkRead::Outcome> ChunkRead::EndFirst(bool answered) {
  RequestContextPtr second;
  std::shared_ptr<Outcome> outcome;
  {
    MutexLock lock(&mutex_);
    ended_ = true;
    second = second_;
    outcome = outcome_;
  }
  if (answered && second != nullptr) second->cancellation->Cancel();
  return outcome;
}

bool ChunkRead::second_won() {
  MutexLock lock(&mutex_);
  return second_won_;
}

bool ChunkRead::worth_refreshing() {
  MutexLock lock(&mutex_);
  return worth_refreshing_;
}

absl::Status ChunkRead::Explain() {
  MutexLock lock(&mutex_);
  if (Planted("gateway.unreachable_is_not_found")) {
    return MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND, "no node has it");
  }
  return MakeError(absl::StatusCode::kUnavailable, v1::DATA_UNAVAILABLE,
                   absl::StrCat("no reachable copy of chunk ", ToString(what_.id),
                                " is good: ", absl::StrJoin(failures_, "; ")));
}

}  // namespace trebol
