#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "client/client.h"
#include "tests/bench/load_meter.h"

namespace trebol::bench {

// Loads of a gateway through the C++ SDK, a thread for each client. The bucket is made if missing.

/// A client as programs make one.
absl::StatusOr<client::Client> Connect(const std::string& endpoint, const std::string& bucket);

/// Puts of `size` bytes, each under a new key.
absl::StatusOr<LoadReport> PutObjects(const client::Client& client, const std::string& bucket,
                                      uint64_t size, const LoadLimits& limits);

/// Gets of whole objects of `size` bytes. Puts some first, unless an earlier call did, and reads
/// each once; neither counts.
absl::StatusOr<LoadReport> GetObjects(const client::Client& client, const std::string& bucket,
                                      uint64_t size, const LoadLimits& limits);

}  // namespace trebol::bench
