#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/stub/identity_stub.h"
#include "common/stub/metadata_stub.h"
#include "tests/testing/memory_catalog.h"

namespace trebol {

/// Metadata in memory: the real commands and reads on rows in a map, one call after the other,
/// without log, disk and wire. Thread-safe.
class CatalogStub final : public MetadataStub, public IdentityStub {
 public:
  /// The next command is applied and its answer lost: UNAVAILABLE.
  void LoseNextAnswer();
  /// Called when the next lookup of a bucket was read and is not answered yet.
  void OnNextBucketLookup(std::function<void()> action);

  /// What must hold of the rows between any two commands.
  absl::Status CheckInvariants();
  /// Garbage that was an object once and that no horizon of readers protects: what a pin names,
  /// and what the collector deletes or takes apart.
  struct Garbage {
    std::vector<VersionId> pinned;
    std::vector<VersionId> collectable;
  };
  Garbage SeenGarbage();
  /// As if somebody else had sent it.
  absl::StatusOr<v1::Outcome> Run(const v1::Command& command);

  Task<v1::SubmitResponse> Submit(RequestContextPtr context, v1::SubmitRequest request) override;
  Task<v1::LookupObjectResponse> LookupObject(RequestContextPtr context,
                                              v1::LookupObjectRequest request) override;
  Task<v1::LookupBucketResponse> LookupBucket(RequestContextPtr context,
                                              v1::LookupBucketRequest request) override;
  Task<v1::ReadBucketsResponse> ReadBuckets(RequestContextPtr context) override;
  Task<ListedPage> ReadPage(RequestContextPtr context, v1::ReadPageRequest request) override;
  Task<v1::LookupUploadResponse> LookupUpload(RequestContextPtr context,
                                              v1::LookupUploadRequest request) override;
  Task<v1::ReadVersionsResponse> ReadVersions(RequestContextPtr context,
                                              v1::ReadVersionsRequest request) override;
  Task<v1::ReadPartsResponse> ReadParts(RequestContextPtr context,
                                        v1::ReadPartsRequest request) override;
  Task<v1::ReadUploadsResponse> ReadUploads(RequestContextPtr context,
                                            v1::ReadUploadsRequest request) override;
  Task<v1::LookupAccessKeyResponse> LookupAccessKey(RequestContextPtr context,
                                                    v1::LookupAccessKeyRequest request) override;
  Task<v1::ReadAccessKeysResponse> ReadAccessKeys(RequestContextPtr context,
                                                  v1::ReadAccessKeysRequest request) override;

 private:
  Mutex mutex_;
  testing::MemoryCatalog catalog_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_session_ ABSL_GUARDED_BY(mutex_) = 0x5000;
  bool lose_next_answer_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<void()> on_bucket_lookup_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
