#pragma once

#include <cstdint>

#include "absl/time/time.h"

/// Constants of the system with their reasons. What an operator may change is in Options structs.
namespace trebol {

inline constexpr uint64_t kKiB = 1024;
inline constexpr uint64_t kMiB = 1024 * kKiB;
inline constexpr uint64_t kGiB = 1024 * kMiB;

// Names and objects: those of S3, which users know.
inline constexpr size_t kMaxKeySize = 1024;  // bytes of UTF-8
inline constexpr size_t kMinBucketNameSize = 3;
inline constexpr size_t kMaxBucketNameSize = 63;
inline constexpr size_t kMaxUserMetadataSize = 2 * kKiB;  // names and values together
inline constexpr size_t kMaxContentTypeSize = 256;
inline constexpr size_t kMaxHeaderSize = 1024;  // each of the headers that downloads repeat
inline constexpr int kMaxObjectTags = 10;
inline constexpr int kMaxBucketTags = 50;
inline constexpr size_t kMaxTagKeySize = 128;    // characters
inline constexpr size_t kMaxTagValueSize = 256;  // characters
inline constexpr uint32_t kMaxParts = 10'000;    // of a multipart upload
inline constexpr uint64_t kMaxPartSize = 5 * kGiB;
inline constexpr int kMaxDeletesPerCall = 1000;
inline constexpr uint64_t kMaxObjectSize = 5 * 1024 * kGiB;
// Keys and access. Ids and secrets as long as those of other object stores, which are imported.
inline constexpr size_t kMinAccessKeyIdSize = 3;
inline constexpr size_t kMaxAccessKeyIdSize = 128;
inline constexpr size_t kMinSecretSize = 8;
inline constexpr size_t kMaxSecretSize = 128;
inline constexpr size_t kMaxUserNameSize = 64;
inline constexpr size_t kMaxDisplayNameSize = 128;
inline constexpr int kMaxGrants = 100;  // of a bucket: its row is read with every request
inline constexpr int kMaxCorsRules = 100;
inline constexpr size_t kMaxCorsSize = 64 * kKiB;
inline constexpr size_t kMaxCorsIdSize = 255;
inline constexpr uint32_t kDefaultPageSize = 1000;
inline constexpr uint32_t kMaxPageSize = 10000;

// Chunks.
inline constexpr uint32_t kDefaultChunkSize =
    4 * kMiB;  // 0-20 % faster than 1 MiB; a quarter of the rows
inline constexpr uint32_t kMaxChunkSize = 7 * kMiB;        // fits in a message of kMaxMessageSize
inline constexpr uint32_t kChecksumBlockSize = 64 * kKiB;  // one CRC32C each

// The wire.
inline constexpr size_t kMaxMessageSize = 8 * kMiB;        // accepted by every server
inline constexpr size_t kMaxStreamMessageSize = 1 * kMiB;  // sent in public streams
inline constexpr size_t kMaxTransactionSize = 1 * kMiB;    // one command in the metadata log

// A gateway's clients.
inline constexpr uint64_t kMaxRequestsInFlight = 1024;
// Of each upload, beside its chunks: a message that was read and gRPC's look-ahead.
inline constexpr uint64_t kUploadStreamMemory = 2 * kMaxStreamMessageSize;

// Cluster defaults.
inline constexpr uint32_t kDefaultPartitions = 4096;
inline constexpr uint32_t kDefaultCopies = 3;
inline constexpr uint32_t kDefaultWriteQuorum = 2;
inline constexpr int kJobsKept = 100;  // of those that ended

// Time.
inline constexpr absl::Duration kHeartbeatInterval = absl::Seconds(1);
inline constexpr absl::Duration kHeartbeatTimeout = absl::Seconds(5);  // then not up
inline constexpr absl::Duration kRenewInterval = absl::Seconds(1);
inline constexpr absl::Duration kSessionTerm = absl::Seconds(30);     // without renewal: closed
inline constexpr absl::Duration kPinAfter = absl::Minutes(10);        // a read this old is pinned
inline constexpr absl::Duration kOutcomeRetention = absl::Hours(24);  // after a session closed
inline constexpr absl::Duration kMetadataCallTimeout = absl::Seconds(2);
inline constexpr absl::Duration kChunkCallBaseTimeout = absl::Seconds(3);  // plus size at 1 MiB/s
// Between storage nodes: the first comparison after a start reads the index.
inline constexpr absl::Duration kPeerCallTimeout = absl::Seconds(20);
inline constexpr absl::Duration kClientIdleTimeout =
    absl::Seconds(60);  // of a stream without progress
inline constexpr absl::Duration kTombstoneLife = absl::Hours(24 * 7);

// Disk watermarks, as shares of the capacity of the file system.
inline constexpr double kRefuseWritesAt = 0.95;
inline constexpr double kPlanUpTo = 0.85;  // no change of nodes is planned that fills one further

}  // namespace trebol
