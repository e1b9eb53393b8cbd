#include "tests/testing/fake_metadata_stub.h"

#include <algorithm>

#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr uint64_t kGeneration = 7;

v1::Outcome Failed(absl::StatusCode code, ErrorReason reason) {
  v1::Outcome outcome;
  outcome.mutable_error()->set_code(static_cast<int>(code));
  outcome.mutable_error()->set_reason(reason);
  outcome.mutable_error()->set_message(v1::ErrorReason_Name(reason));
  return outcome;
}

}  // namespace

void FakeMetadataStub::AddBucket(const std::string& name) {
  MutexLock lock(&mutex_);
  buckets_.insert(name);
}

void FakeMetadataStub::RemoveBucket(const std::string& name) {
  MutexLock lock(&mutex_);
  buckets_.erase(name);
}

void FakeMetadataStub::set_chunk_size(uint32_t size) {
  MutexLock lock(&mutex_);
  chunk_size_ = size;
}

void FakeMetadataStub::FailNext(Kind kind, absl::Status status, bool applied) {
  MutexLock lock(&mutex_);
  failures_.push_back({kind, std::move(status), applied});
}

void FakeMetadataStub::OnLookup(std::function<void()> function) {
  MutexLock lock(&mutex_);
  on_lookup_ = std::move(function);
}

void FakeMetadataStub::CloseSessions() {
  MutexLock lock(&mutex_);
  open_sessions_.clear();
}

void FakeMetadataStub::PutRow(const std::string& bucket, const std::string& key,
                              v1::Manifest manifest) {
  MutexLock lock(&mutex_);
  *objects_[{bucket, key}].mutable_manifest() = std::move(manifest);
}

std::vector<v1::Command> FakeMetadataStub::Commands(Kind kind) {
  MutexLock lock(&mutex_);
  std::vector<v1::Command> found;
  std::copy_if(commands_.begin(), commands_.end(), std::back_inserter(found),
               [kind](const v1::Command& command) { return command.kind_case() == kind; });
  return found;
}

bool FakeMetadataStub::Committed(uint64_t sequence) {
  MutexLock lock(&mutex_);
  return committed_.contains(sequence);
}

bool FakeMetadataStub::Abandoned(uint64_t sequence) {
  MutexLock lock(&mutex_);
  return abandoned_.contains(sequence);
}

size_t FakeMetadataStub::objects() {
  MutexLock lock(&mutex_);
  return objects_.size();
}

uint64_t FakeMetadataStub::head() {
  MutexLock lock(&mutex_);
  return head_;
}

void FakeMetadataStub::set_head(uint64_t head) {
  MutexLock lock(&mutex_);
  head_ = head;
}

std::vector<v1::ReadPageRequest> FakeMetadataStub::pages() {
  MutexLock lock(&mutex_);
  return pages_;
}

int FakeMetadataStub::bucket_lookups() {
  MutexLock lock(&mutex_);
  return bucket_lookups_;
}

void FakeMetadataStub::set_page(ListedPage page) {
  MutexLock lock(&mutex_);
  page_ = std::move(page);
}

absl::Status FakeMetadataStub::RequireOpen(uint64_t session) {
  if (open_sessions_.contains(session)) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, v1::SESSION_CLOSED, "closed");
}

absl::StatusOr<v1::Outcome> FakeMetadataStub::Put(const v1::PutObjectCommand& put) {
  const std::pair operation(put.operation().session(), put.operation().counter());
  const v1::VersionId& version = put.manifest().version();
  if (const auto kept = operations_.find(operation); kept != operations_.end()) {
    if (!committed_.contains(version.sequence())) abandoned_.insert(version.sequence());
    return kept->second;
  }
  RETURN_IF_ERROR(RequireOpen(version.session()));
  if (abandoned_.contains(version.sequence())) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::VERSION_ABANDONED, "given up");
  }
  v1::Outcome outcome;
  if (buckets_.contains(put.bucket())) {
    outcome.mutable_object()->set_key(put.key());
    *outcome.mutable_object()->mutable_manifest() = put.manifest();
    objects_[{put.bucket(), put.key()}] = outcome.object();
    committed_[version.sequence()] = outcome.object();
  } else {
    outcome = Failed(absl::StatusCode::kNotFound, v1::BUCKET_NOT_FOUND);
    abandoned_.insert(version.sequence());
  }
  operations_[operation] = outcome;
  return outcome;
}

absl::StatusOr<v1::Outcome> FakeMetadataStub::Abandon(const v1::AbandonVersionCommand& abandon) {
  RETURN_IF_ERROR(RequireOpen(abandon.version().session()));
  v1::Outcome outcome;
  outcome.mutable_abandon_version();
  const auto committed = committed_.find(abandon.version().sequence());
  if (committed != committed_.end()) {
    outcome.mutable_abandon_version()->set_committed(true);
    *outcome.mutable_abandon_version()->mutable_outcome()->mutable_object() = committed->second;
  } else {
    abandoned_.insert(abandon.version().sequence());
  }
  return outcome;
}

absl::StatusOr<v1::Outcome> FakeMetadataStub::Apply(const v1::Command& command) {
  v1::Outcome outcome;
  switch (command.kind_case()) {
    case v1::Command::kOpenSession: {
      open_sessions_.insert(++last_session_);
      v1::OpenSessionOutcome* opened = outcome.mutable_open_session();
      opened->set_session(last_session_);
      opened->set_cluster_id("cluster-of-tests");
      opened->set_generation(kGeneration);
      opened->set_chunk_size(chunk_size_);
      return outcome;
    }
    case v1::Command::kRenewSession:
      RETURN_IF_ERROR(RequireOpen(command.renew_session().session()));
      return outcome;
    case v1::Command::kCloseSession:
      open_sessions_.erase(command.close_session().session());
      return outcome;
    case v1::Command::kPutObject:
      return Put(command.put_object());
    case v1::Command::kAbandonVersion:
      return Abandon(command.abandon_version());
    case v1::Command::kDeleteObject: {
      const auto& remove = command.delete_object();
      const std::pair operation(remove.operation().session(), remove.operation().counter());
      if (const auto kept = operations_.find(operation); kept != operations_.end()) {
        return kept->second;
      }
      RETURN_IF_ERROR(RequireOpen(remove.operation().session()));
      outcome.mutable_delete_object()->set_existed(
          objects_.erase({remove.bucket(), remove.key()}) == 1);
      operations_[operation] = outcome;
      return outcome;
    }
    default:
      return absl::UnimplementedError("not in this twin");
  }
}

Task<v1::SubmitResponse> FakeMetadataStub::Submit(RequestContextPtr context,
                                                  v1::SubmitRequest request) {
  // Elsewhere, as a call over the network would be.
  co_await boost::asio::post(boost::asio::use_awaitable);
  if (context->cancellation->cancelled()) co_return absl::CancelledError("cancelled");
  MutexLock lock(&mutex_);
  const v1::Command& command = request.command();
  commands_.push_back(command);
  absl::Status failure;
  const auto scripted = std::find_if(
      failures_.begin(), failures_.end(),
      [&command](const Failure& candidate) { return candidate.kind == command.kind_case(); });
  if (scripted != failures_.end()) {
    const Failure taken = *scripted;
    failures_.erase(scripted);
    if (!taken.applied) co_return taken.status;
    failure = taken.status;
  }
  auto outcome = Apply(command);
  CO_RETURN_IF_ERROR(failure);
  CO_RETURN_IF_ERROR(outcome.status());
  v1::SubmitResponse response;
  *response.mutable_outcome() = *std::move(outcome);
  response.mutable_position()->set_term(1);
  response.mutable_position()->set_index(++head_);
  co_return response;
}

Task<v1::LookupObjectResponse> FakeMetadataStub::LookupObject(RequestContextPtr,
                                                              v1::LookupObjectRequest request) {
  std::function<void()> on_lookup;
  {
    MutexLock lock(&mutex_);
    on_lookup = on_lookup_;
  }
  if (on_lookup != nullptr) on_lookup();
  MutexLock lock(&mutex_);
  if (!buckets_.contains(request.bucket())) {
    co_return MakeError(absl::StatusCode::kNotFound, v1::BUCKET_NOT_FOUND, "no such bucket");
  }
  const auto object = objects_.find({request.bucket(), request.key()});
  if (object == objects_.end()) {
    co_return MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND, "no such object");
  }
  v1::LookupObjectResponse response;
  *response.mutable_object() = object->second;
  response.mutable_head()->set_index(head_);
  co_return response;
}

Task<v1::LookupBucketResponse> FakeMetadataStub::LookupBucket(RequestContextPtr,
                                                              v1::LookupBucketRequest request) {
  MutexLock lock(&mutex_);
  ++bucket_lookups_;
  if (!buckets_.contains(request.bucket())) {
    co_return MakeError(absl::StatusCode::kNotFound, v1::BUCKET_NOT_FOUND, "no such bucket");
  }
  v1::LookupBucketResponse response;
  response.mutable_bucket()->set_name(request.bucket());
  co_return response;
}

Task<v1::ReadBucketsResponse> FakeMetadataStub::ReadBuckets(RequestContextPtr) {
  MutexLock lock(&mutex_);
  v1::ReadBucketsResponse response;
  for (const auto& name : buckets_) response.add_buckets()->set_name(name);
  co_return response;
}

Task<ListedPage> FakeMetadataStub::ReadPage(RequestContextPtr, v1::ReadPageRequest request) {
  MutexLock lock(&mutex_);
  pages_.push_back(std::move(request));
  co_return page_;
}

Task<v1::LookupUploadResponse> FakeMetadataStub::LookupUpload(RequestContextPtr,
                                                              v1::LookupUploadRequest) {
  co_return absl::UnimplementedError("not in the fake");
}

Task<v1::ReadVersionsResponse> FakeMetadataStub::ReadVersions(RequestContextPtr,
                                                              v1::ReadVersionsRequest) {
  co_return absl::UnimplementedError("not in the fake");
}

Task<v1::ReadPartsResponse> FakeMetadataStub::ReadParts(RequestContextPtr, v1::ReadPartsRequest) {
  co_return absl::UnimplementedError("not in the fake");
}

Task<v1::ReadUploadsResponse> FakeMetadataStub::ReadUploads(RequestContextPtr,
                                                            v1::ReadUploadsRequest) {
  co_return absl::UnimplementedError("not in the fake");
}

}  // namespace trebol
