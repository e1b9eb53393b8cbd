#include "tests/testing/catalog_stub.h"

#include <utility>

#include "common/base/check.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/reads.h"
#include "tests/testing/catalog_invariants.h"

namespace trebol {

void CatalogStub::LoseNextAnswer() {
  MutexLock lock(&mutex_);
  lose_next_answer_ = true;
}

void CatalogStub::OnNextBucketLookup(std::function<void()> action) {
  MutexLock lock(&mutex_);
  on_bucket_lookup_ = std::move(action);
}

absl::Status CatalogStub::CheckInvariants() {
  MutexLock lock(&mutex_);
  return testing::CheckCatalog(catalog_.rows());
}

CatalogStub::Garbage CatalogStub::SeenGarbage() {
  constexpr GarbageKind kSeen = GarbageKind::kSeen;
  MutexLock lock(&mutex_);
  const auto readers = catalog::ReadReadersHorizon(catalog_.rows(), kSeen);
  TREBOL_CHECK(readers.ok());
  const auto rows = catalog::ReadGarbage(catalog_.rows(), kSeen, {}, readers->horizon, 1000);
  TREBOL_CHECK(rows.ok());
  Garbage garbage;
  for (const v1::GarbageRow& row : *rows) {
    const VersionId version = VersionIdOf(row.version());
    const bool pinned = readers->pinned.contains(version);
    (pinned ? garbage.pinned : garbage.collectable).push_back(version);
  }
  return garbage;
}

absl::StatusOr<v1::Outcome> CatalogStub::Run(const v1::Command& command) {
  MutexLock lock(&mutex_);
  return catalog_.Run(command);
}

Task<v1::SubmitResponse> CatalogStub::Submit(RequestContextPtr, v1::SubmitRequest request) {
  MutexLock lock(&mutex_);
  v1::Command command = std::move(*request.mutable_command());
  if (command.has_open_session()) command.mutable_open_session()->set_session(++last_session_);
  v1::SubmitResponse response;
  CO_ASSIGN_OR_RETURN(*response.mutable_outcome(), catalog_.Run(command));
  CO_ASSIGN_OR_RETURN(*response.mutable_position(), catalog::ReadHead(catalog_.rows()));
  if (std::exchange(lose_next_answer_, false)) {
    co_return absl::UnavailableError("the connection broke");
  }
  co_return response;
}

Task<v1::LookupObjectResponse> CatalogStub::LookupObject(RequestContextPtr,
                                                         v1::LookupObjectRequest request) {
  MutexLock lock(&mutex_);
  co_return catalog::LookupObject(catalog_.rows(), request);
}

Task<v1::LookupBucketResponse> CatalogStub::LookupBucket(RequestContextPtr,
                                                         v1::LookupBucketRequest request) {
  std::function<void()> action;
  absl::StatusOr<v1::LookupBucketResponse> answer;
  {
    MutexLock lock(&mutex_);
    answer = catalog::LookupBucket(catalog_.rows(), request);
    action = std::exchange(on_bucket_lookup_, nullptr);
  }
  if (action) action();
  co_return answer;
}

Task<v1::ReadBucketsResponse> CatalogStub::ReadBuckets(RequestContextPtr) {
  MutexLock lock(&mutex_);
  co_return catalog::ReadBuckets(catalog_.rows());
}

Task<ListedPage> CatalogStub::ReadPage(RequestContextPtr, v1::ReadPageRequest request) {
  MutexLock lock(&mutex_);
  co_return catalog::ReadPage(catalog_.rows(), request);
}

Task<v1::LookupUploadResponse> CatalogStub::LookupUpload(RequestContextPtr,
                                                         v1::LookupUploadRequest request) {
  MutexLock lock(&mutex_);
  co_return catalog::LookupUpload(catalog_.rows(), request);
}

Task<v1::ReadVersionsResponse> CatalogStub::ReadVersions(RequestContextPtr,
                                                         v1::ReadVersionsRequest request) {
  MutexLock lock(&mutex_);
  co_return catalog::ReadVersions(catalog_.rows(), request);
}

Task<v1::ReadPartsResponse> CatalogStub::ReadParts(RequestContextPtr,
                                                   v1::ReadPartsRequest request) {
  MutexLock lock(&mutex_);
  co_return catalog::ReadParts(catalog_.rows(), request);
}

Task<v1::ReadUploadsResponse> CatalogStub::ReadUploads(RequestContextPtr,
                                                       v1::ReadUploadsRequest request) {
  MutexLock lock(&mutex_);
  co_return catalog::ReadUploads(catalog_.rows(), request);
}

Task<v1::LookupAccessKeyResponse> CatalogStub::LookupAccessKey(RequestContextPtr,
                                                               v1::LookupAccessKeyRequest request) {
  MutexLock lock(&mutex_);
  co_return catalog::LookupAccessKey(catalog_.rows(), request);
}

Task<v1::ReadAccessKeysResponse> CatalogStub::ReadAccessKeys(RequestContextPtr,
                                                             v1::ReadAccessKeysRequest request) {
  MutexLock lock(&mutex_);
  co_return catalog::ReadAccessKeys(catalog_.rows(), request);
}

}  // namespace trebol
