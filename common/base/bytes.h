#pragma once

#include "absl/strings/cord.h"

namespace trebol {

/// Payload: a rope of reference-counted slices, passed by value. Slices that came from the network
/// are kept where gRPC received them; code that only forwards never copies them.
using Bytes = absl::Cord;

}  // namespace trebol
