#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/async/one_shot.h"
#include "common/async/request_context.h"
#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/cluster/cluster_map.h"
#include "gateway/replication/node_health.h"

namespace trebol {

/// One read of a chunk under one map: whom to ask next, and how those who were asked answered.
/// Shared by the request that began it and the second one, if it gets late. Thread-safe.
class ChunkRead {
 public:
  struct What {
    ChunkId id;
    uint64_t offset = 0;  // bytes
    uint64_t length = 0;  // bytes
  };
  using Outcome = OneShot<absl::StatusOr<Bytes>>;

  ChunkRead(const RequestContextPtr& caller, What what, std::shared_ptr<const ClusterMap> map,
            std::shared_ptr<NodeHealth> nodes);

  const What& what() const { return what_; }
  const ClusterMap& map() const { return *map_; }
  const ReplicaSet& replicas() const { return replicas_; }
  /// Where it would begin if all nodes were equally good; nothing while no node serves.
  std::optional<NodeId> usual() const { return usual_; }
  /// Of the first request; it has a cancellation of its own, so that it can be called off.
  const RequestContextPtr& first() const { return first_; }
  /// The caller went away.
  void Cancel();

  /// Whom to ask: serving members by their health, then leaving nodes, then incoming ones, then
  /// whoever may hold a copy in the place of a member. Each once; nothing when all were asked.
  std::optional<NodeId> Next();
  /// Of the first request.
  void Asks(NodeId node);
  void Failed(NodeId node, const absl::Status& status);

  /// The context of the second request, for the one caller that makes it and then ends it.
  /// Nothing when it has begun already or is wanted no more.
  RequestContextPtr BeginSecond();
  bool second_begun();
  /// Calls off the first request if this is an answer.
  void EndSecond(absl::StatusOr<Bytes> result);
  bool second_won();
  /// The first request has come to an end: none begins any more, and with an answer one that runs
  /// is called off. Returns what comes of one that runs, to be waited for.
  std::shared_ptr<Outcome> EndFirst(bool answered);
  /// Who is waited for in the first request.
  std::optional<NodeId> asked();

  /// A newer map may have what this one has not.
  bool worth_refreshing();
  /// UNAVAILABLE (DATA_UNAVAILABLE) with what each node said.
  absl::Status Explain();

 private:
  const What what_;
  const std::shared_ptr<const ClusterMap> map_;
  const std::shared_ptr<NodeHealth> nodes_;
  const ReplicaSet& replicas_;
  const RequestContextPtr first_;
  std::optional<NodeId> usual_;
  Mutex mutex_;
  std::vector<NodeId> next_ ABSL_GUARDED_BY(mutex_);
  size_t asked_of_next_ ABSL_GUARDED_BY(mutex_) = 0;
  bool with_handoffs_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<NodeId> asked_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  RequestContextPtr second_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Outcome> outcome_ ABSL_GUARDED_BY(mutex_);  // of the second, once it has begun
  bool second_won_ ABSL_GUARDED_BY(mutex_) = false;
  bool worth_refreshing_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::string> failures_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
