#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "common/async/blocking_pool.h"
#include "common/async/runtime.h"
#include "common/rpc/identity.h"
#include "common/stub/cluster_stub.h"
#include "storage-node/background/version_offers.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "storage-node/service/map_view.h"

namespace trebol {

/// Keeps a storage node a member of its cluster: registers it at the start, then a heartbeat a
/// second, the map when there is a newer one, and offers for sessions that closed. One thread
/// drives Tick; registered() is thread-safe.
class Membership {
 public:
  struct Self {
    std::string endpoint;
    std::string admin_endpoint;
    std::string zone;
    double weight = 1;
  };

  /// `describe` adds to each heartbeat what others of this node have to say.
  using Describe = std::function<void(v1::HeartbeatRequest*)>;
  /// `heed` is told what metadata answers.
  using Heed = std::function<void(const v1::HeartbeatResponse&)>;
  Membership(Runtime& runtime, std::shared_ptr<ClusterStub> metadata,
             std::shared_ptr<Identity> identity, SegmentChunkStore& store, MapView& map,
             BlockingPool& pool, Self self, Describe describe, Heed heed);

  /// Registers if need be, then sends a heartbeat. What IsFatalForMember says of an error decides
  /// whether to go on.
  absl::Status Tick();

  bool registered() const { return registered_; }

 private:
  absl::Status Register();
  absl::Status Heartbeat();
  absl::Status FetchMap();
  void SettleSessions(const v1::HeartbeatResponse& response);
  v1::HeartbeatRequest MakeHeartbeat();

  Runtime& runtime_;
  const std::shared_ptr<ClusterStub> metadata_;
  const std::shared_ptr<Identity> identity_;
  SegmentChunkStore& store_;
  MapView& map_;
  BlockingPool& pool_;
  const Self self_;
  const Describe describe_;
  const Heed heed_;
  VersionOffers offers_;
  std::set<uint64_t> settled_;  // sessions to tell metadata about, until it stops asking
  std::atomic<bool> registered_ = false;
};

/// True for errors that only an operator can end.
bool IsFatalForMember(const absl::Status& status);

}  // namespace trebol
