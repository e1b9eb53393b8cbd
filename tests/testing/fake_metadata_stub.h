#pragma once

#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/ids.h"
#include "common/base/mutex.h"
#include "common/stub/metadata_stub.h"

namespace trebol {

/// The namespace in memory: sessions, operations, decided versions, objects, as metadata decides
/// them; and failures on demand. Thread-safe.
class FakeMetadataStub final : public MetadataStub {
 public:
  using Kind = v1::Command::KindCase;

  void AddBucket(const std::string& name);
  void RemoveBucket(const std::string& name);
  void set_chunk_size(uint32_t size);

  /// The next command of this kind ends so, after it was applied or instead of being applied.
  void FailNext(Kind kind, absl::Status status, bool applied);
  /// Called before every lookup of an object is answered.
  void OnLookup(std::function<void()> function);
  void CloseSessions();
  /// As if somebody else had committed this.
  void PutRow(const std::string& bucket, const std::string& key, v1::Manifest manifest);

  std::vector<v1::Command> Commands(Kind kind);
  bool Committed(uint64_t sequence);
  bool Abandoned(uint64_t sequence);
  size_t objects();
  uint64_t head();
  /// As if metadata came back with another log.
  void set_head(uint64_t head);
  std::vector<v1::ReadPageRequest> pages();
  int bucket_lookups();
  void set_page(ListedPage page);

  Task<v1::SubmitResponse> Submit(RequestContextPtr context, v1::SubmitRequest request) override;
  Task<v1::LookupObjectResponse> LookupObject(RequestContextPtr context,
                                              v1::LookupObjectRequest request) override;
  Task<v1::LookupBucketResponse> LookupBucket(RequestContextPtr context,
                                              v1::LookupBucketRequest request) override;
  Task<v1::ReadBucketsResponse> ReadBuckets(RequestContextPtr context) override;
  Task<ListedPage> ReadPage(RequestContextPtr context, v1::ReadPageRequest request) override;
  /// What the fake does not have: UNIMPLEMENTED. Tests of these calls use CatalogStub.
  Task<v1::LookupUploadResponse> LookupUpload(RequestContextPtr context,
                                              v1::LookupUploadRequest request) override;
  Task<v1::ReadVersionsResponse> ReadVersions(RequestContextPtr context,
                                              v1::ReadVersionsRequest request) override;
  Task<v1::ReadPartsResponse> ReadParts(RequestContextPtr context,
                                        v1::ReadPartsRequest request) override;
  Task<v1::ReadUploadsResponse> ReadUploads(RequestContextPtr context,
                                            v1::ReadUploadsRequest request) override;

 private:
  struct Failure {
    Kind kind;
    absl::Status status;
    bool applied;
  };
  absl::StatusOr<v1::Outcome> Apply(const v1::Command& command)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<v1::Outcome> Put(const v1::PutObjectCommand& put)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<v1::Outcome> Abandon(const v1::AbandonVersionCommand& abandon)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status RequireOpen(uint64_t session) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Mutex mutex_;
  uint32_t chunk_size_ ABSL_GUARDED_BY(mutex_) = 1000;
  uint64_t head_ ABSL_GUARDED_BY(mutex_) = 100;
  uint64_t last_session_ ABSL_GUARDED_BY(mutex_) = 0x5000;
  std::set<uint64_t> open_sessions_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> buckets_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<std::string, std::string>, v1::ObjectRow> objects_ ABSL_GUARDED_BY(mutex_);
  std::map<std::pair<uint64_t, uint64_t>, v1::Outcome> operations_ ABSL_GUARDED_BY(mutex_);
  std::map<uint64_t, v1::ObjectRow> committed_ ABSL_GUARDED_BY(mutex_);
  std::set<uint64_t> abandoned_ ABSL_GUARDED_BY(mutex_);
  std::deque<Failure> failures_ ABSL_GUARDED_BY(mutex_);
  std::function<void()> on_lookup_ ABSL_GUARDED_BY(mutex_);
  std::vector<v1::Command> commands_ ABSL_GUARDED_BY(mutex_);
  int bucket_lookups_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<v1::ReadPageRequest> pages_ ABSL_GUARDED_BY(mutex_);
  ListedPage page_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
