#pragma once

#include <memory>

#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/semaphore.h"
#include "common/async/task.h"
#include "common/base/clock.h"
#include "gateway/cluster/gateway_session.h"
#include "gateway/cluster/map_cache.h"
#include "gateway/object/body.h"
#include "gateway/object/object_lookup.h"
#include "gateway/replication/replica_reader.h"

namespace trebol {

/// Reads an object, or a range of it. Thread-safe.
class GetObject {
 public:
  GetObject(Runtime& runtime, std::shared_ptr<MetadataStub> metadata,
            std::shared_ptr<GatewaySession> session, std::shared_ptr<MapCache> maps,
            std::shared_ptr<ReplicaReader> replicas, std::shared_ptr<Semaphore> memory,
            const Clock& clock);

  /// What metadata knows; no chunk is touched.
  Task<v1::ObjectInfo> Head(RequestContextPtr context, v1::HeadObjectRequest request);

  /// Writes verified bytes to `writer`. An error after the first byte means that what was written
  /// is not the whole: the front door must break the connection off.
  Task<void> Run(RequestContextPtr context, v1::GetObjectRequest request, BodyWriterPtr writer);

 private:
  enum class Attempt { kDone, kNothingWritten };
  struct Result {
    absl::Status status;
    Attempt attempt = Attempt::kDone;
  };
  boost::asio::awaitable<Result> RunOnce(RequestContextPtr context, v1::GetObjectRequest request,
                                         BodyWriterPtr writer);

  Runtime& runtime_;
  const std::shared_ptr<MetadataStub> metadata_;
  const std::shared_ptr<GatewaySession> session_;
  const std::shared_ptr<MapCache> maps_;
  const std::shared_ptr<ReplicaReader> replicas_;
  const std::shared_ptr<Semaphore> memory_;
  const Clock& clock_;
  ObjectLookup lookup_;
};

}  // namespace trebol
