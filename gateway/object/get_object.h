#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
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

/// The bytes that `request` means of an object of `size` bytes: with a length, cut to what there
/// is. INVALID_RANGE where that is nothing, unless all of an empty object was asked for. Pure.
absl::StatusOr<v1::ByteRange> ResolveRange(const v1::GetObjectRequest& request, uint64_t size);

/// Reads an object, or a range of it. Thread-safe.
class GetObject {
 public:
  GetObject(Runtime& runtime, std::shared_ptr<MetadataStub> metadata,
            std::shared_ptr<GatewaySession> session, std::shared_ptr<MapCache> maps,
            std::shared_ptr<ReplicaReader> replicas, std::shared_ptr<Semaphore> memory,
            const Clock& clock);

  /// What metadata knows; no chunk is touched.
  Task<v1::ObjectInfo> Head(RequestContextPtr context, v1::HeadObjectRequest request);

  /// The parts that an object was uploaded in, from the one after number `after` on, `most` of
  /// them. Without any: it was not, or there are no more. Errors as for Head.
  struct PartsPage {
    v1::ObjectInfo object;
    std::vector<v1::PartInfo> parts;
    bool more = false;
  };
  Task<PartsPage> Parts(RequestContextPtr context, v1::HeadObjectRequest request, uint32_t after,
                        uint32_t most);

  /// Where a part is in its object. Part 1 of an object that was not uploaded in parts is all of
  /// it. Nothing where there is no such part.
  struct PartPlace {
    v1::ObjectInfo object;
    v1::ByteRange range;  // with a length
    v1::PartInfo part;    // empty for an object that was not uploaded in parts
  };
  Task<std::optional<PartPlace>> FindPart(RequestContextPtr context, v1::HeadObjectRequest request,
                                          uint32_t number);

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
