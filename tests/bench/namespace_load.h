#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "client/client.h"
#include "tests/bench/load_meter.h"

namespace trebol::bench {

// What moves no bytes, through the C++ SDK.

/// A bucket of `keys` small objects: copies of one, because those are made quickest.
absl::Status FillBucket(const client::Client& client, const std::string& bucket, uint64_t keys);

/// The whole bucket, page after page, by one client. Operations are keys, times those of a page.
absl::StatusOr<LoadReport> ListBucket(const client::Client& client, const std::string& bucket,
                                      const LoadLimits& limits);

/// Copies of one object of `size` bytes, one after the other. It is put first, if it is missing.
absl::StatusOr<LoadReport> CopyObject(const client::Client& client, const std::string& bucket,
                                      uint64_t size, const LoadLimits& limits);

/// Complete of an upload of `parts` parts, while others commit.
struct CompleteReport {
  double complete_ms = 0;
  double others_before_p99_ms = 0;  // puts of 4 KiB by several clients, without it
  double others_during_p99_ms = 0;  // the same puts, those that overlap it
};
absl::StatusOr<CompleteReport> CompleteUpload(const client::Client& client,
                                              const std::string& bucket, uint32_t parts);

}  // namespace trebol::bench
