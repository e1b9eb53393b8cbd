#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace trebol {

/// What a bad network does to the bytes of a connection, in one direction.
struct DirectionFaults {
  /// Bytes wait, and so does the end of a connection: a network that is cut. They arrive, all and
  /// in order, when it no longer holds: as what TCP sent again after the cut, however old it is by
  /// then.
  bool hold = false;
  /// Each piece comes this much later, and up to `jitter` more; still in order.
  absl::Duration delay = absl::ZeroDuration();
  absl::Duration jitter = absl::ZeroDuration();
  /// Of so many bytes about one has another value. 0: none.
  uint64_t corrupt_one_in = 0;
};

/// What a bad network does to connections. Holds for those that exist and for new ones.
struct LinkFaults {
  DirectionFaults to_server;
  DirectionFaults to_client;
  /// A new connection is reset at once, as by a host that runs with the port closed.
  bool refuse = false;

  /// Nothing passes, nothing is refused: a cut that neither side notices. To the client a new
  /// connection seems to open, as the kernel accepts it, and stays silent.
  static LinkFaults Cut() { return {.to_server = {.hold = true}, .to_client = {.hold = true}}; }
  /// Requests arrive, answers do not.
  static LinkFaults Mute() { return {.to_client = {.hold = true}}; }
  /// Half of `round_trip` on each way, and up to `jitter` more.
  static LinkFaults Slow(absl::Duration round_trip, absl::Duration jitter = absl::ZeroDuration()) {
    const DirectionFaults way{.delay = round_trip / 2, .jitter = jitter / 2};
    return {.to_server = way, .to_client = way};
  }
};

}  // namespace trebol
