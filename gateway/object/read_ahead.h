#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "common/async/one_shot.h"
#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/semaphore.h"
#include "common/base/bytes.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "gateway/object/extent_list.h"
#include "gateway/replication/replica_reader.h"

namespace trebol {

/// A part of an object's bytes with the memory that it holds.
struct Piece {
  Bytes data;
  std::shared_ptr<Semaphore::Permit> permit;
};

/// The bytes of a list of extents, in order, fetched ahead in a bounded window.
/// The pieces begin small and grow to whole chunks while the client keeps up; for a slow client
/// they shrink, so that it holds little of the gateway's memory. Large pieces and more than one are
/// fetched only while half of the memory stays free: a client that was quick may stop at any moment
/// and keep what it has. Otherwise only the piece that the client needs next waits for
/// memory, and it is the smaller the less there is left. So readers that hold pieces never wait for
/// each other, and many that stop leave memory to the others. One user at a time.
class ReadAhead {
 public:
  ReadAhead(Runtime& runtime, std::shared_ptr<ReplicaReader> replicas,
            std::shared_ptr<Semaphore> memory, const Clock& clock, RequestContextPtr context,
            ExtentList extents);

  /// The next piece; without data at the end. The caller keeps it until the client took it.
  Task<Piece> Next();

 private:
  using Fetched = absl::StatusOr<Piece>;

  void Adapt();
  /// Makes the extent that the next piece is of the current one; false at the end of the list.
  Task<bool> FindExtent();
  uint64_t NextLength() const;
  std::optional<Semaphore::Permit> TakeIfPlenty();
  void Start(Semaphore::Permit permit);
  static Task<Piece> Fetch(std::shared_ptr<ReplicaReader> replicas, Semaphore::Permit permit,
                           RequestContextPtr context, ChunkId id, uint64_t offset, uint64_t length);

  Runtime& runtime_;
  const std::shared_ptr<ReplicaReader> replicas_;
  const std::shared_ptr<Semaphore> memory_;
  const Clock& clock_;
  const RequestContextPtr context_;
  ExtentList extents_;
  Extent extent_;  // what was not asked for yet of the current one
  uint64_t piece_size_;
  size_t window_ = 1;
  Instant handed_out_;  // when the last piece was given to the caller
  bool first_ = true;
  std::deque<std::shared_ptr<OneShot<Fetched>>> in_flight_;
};

}  // namespace trebol
