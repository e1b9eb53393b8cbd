#include "tests/testing/fake_object_store.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/endian.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol::testing {
namespace {

constexpr int64_t kTime = 1'700'000'000;

absl::Status NoBucket(const std::string& bucket) {
  return MakeError(absl::StatusCode::kNotFound, v1::BUCKET_NOT_FOUND,
                   absl::StrCat("bucket '", bucket, "' does not exist; create it first"));
}

absl::Status NoObject(const std::string& key) {
  return MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND,
                   absl::StrCat("object '", key, "' does not exist"));
}

bool Names(const google::protobuf::RepeatedPtrField<std::string>& etags,
           const FakeObjectStore::Version* current) {
  return std::any_of(etags.begin(), etags.end(), [current](const std::string& etag) {
    return current != nullptr && (etag == "*" || etag == current->info.etag());
  });
}

absl::Status Check(const v1::Preconditions& preconditions, const FakeObjectStore::Version* current,
                   const std::string& key, bool read) {
  if (preconditions.if_match_size() > 0 && !Names(preconditions.if_match(), current)) {
    if (current == nullptr) return NoObject(key);
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::PRECONDITION_FAILED,
                     absl::StrCat("'", key, "' has the etag ", current->info.etag()));
  }
  if (Names(preconditions.if_none_match(), current)) {
    return MakeError(absl::StatusCode::kFailedPrecondition,
                     read ? v1::NOT_MODIFIED : v1::PRECONDITION_FAILED,
                     absl::StrCat("'", key, "' has the etag ", current->info.etag()));
  }
  if (current != nullptr && preconditions.has_if_modified_since() &&
      current->info.last_modified().seconds() <= preconditions.if_modified_since().seconds()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::NOT_MODIFIED,
                     absl::StrCat("'", key, "' is older"));
  }
  return absl::OkStatus();
}

v1::ObjectInfo Describe(const v1::PutObjectRequest::Header& header) {
  v1::ObjectInfo info;
  info.set_bucket(header.bucket());
  info.set_key(header.key());
  info.set_content_type(header.content_type());
  *info.mutable_user_metadata() = header.user_metadata();
  *info.mutable_headers() = header.headers();
  *info.mutable_tags() = header.tags();
  *info.mutable_checksums() = header.checksums();
  return info;
}

}  // namespace

absl::StatusOr<FakeObjectStore::BucketState*> FakeObjectStore::Bucket(const std::string& name) {
  const auto found = buckets_.find(name);
  if (found == buckets_.end()) return NoBucket(name);
  return &found->second;
}

absl::StatusOr<const FakeObjectStore::BucketState*> FakeObjectStore::Bucket(
    const std::string& name) const {
  const auto found = buckets_.find(name);
  if (found == buckets_.end()) return NoBucket(name);
  return &found->second;
}

absl::StatusOr<v1::Bucket> FakeObjectStore::CreateBucket(const v1::CreateBucketRequest& request) {
  if (HasBucket(request.bucket())) {
    return MakeError(absl::StatusCode::kAlreadyExists, v1::BUCKET_ALREADY_EXISTS,
                     absl::StrCat("bucket '", request.bucket(), "' already exists"));
  }
  v1::Bucket& info = buckets_[request.bucket()].info;
  info.set_name(request.bucket());
  info.mutable_created()->set_seconds(kTime);
  return info;
}

absl::StatusOr<v1::DeleteBucketResponse> FakeObjectStore::DeleteBucket(
    const v1::DeleteBucketRequest& request) {
  ASSIGN_OR_RETURN(const BucketState* bucket, Bucket(request.bucket()));
  bool empty = bucket->keys.empty();
  for (const auto& [id, upload] : uploads_)
    empty = empty && upload.request.bucket() != request.bucket();
  if (!empty) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::BUCKET_NOT_EMPTY,
                     absl::StrCat("bucket '", request.bucket(), "' is not empty"));
  }
  buckets_.erase(request.bucket());
  return v1::DeleteBucketResponse();
}

absl::StatusOr<v1::Bucket> FakeObjectStore::HeadBucket(const v1::HeadBucketRequest& request) const {
  ASSIGN_OR_RETURN(const BucketState* bucket, Bucket(request.bucket()));
  return bucket->info;
}

v1::ListBucketsResponse FakeObjectStore::ListBuckets() const {
  v1::ListBucketsResponse response;
  for (const auto& [name, bucket] : buckets_) *response.add_buckets() = bucket.info;
  return response;
}

absl::StatusOr<v1::Bucket> FakeObjectStore::SetVersioning(
    const v1::SetBucketVersioningRequest& request) {
  ASSIGN_OR_RETURN(BucketState * bucket, Bucket(request.bucket()));
  bucket->info.set_versioning(request.versioning());
  return bucket->info;
}

absl::StatusOr<v1::Bucket> FakeObjectStore::SetTags(const v1::SetBucketTagsRequest& request) {
  ASSIGN_OR_RETURN(BucketState * bucket, Bucket(request.bucket()));
  *bucket->info.mutable_tags() = request.tags();
  return bucket->info;
}

const FakeObjectStore::Version* FakeObjectStore::Latest(const BucketState& bucket,
                                                        const std::string& key) {
  const auto found = bucket.keys.find(key);
  if (found == bucket.keys.end() || found->second.front().info.delete_marker()) return nullptr;
  return &found->second.front();
}

absl::StatusOr<FakeObjectStore::Version*> FakeObjectStore::FindVersion(const std::string& bucket,
                                                                       const std::string& key,
                                                                       const std::string& version) {
  ASSIGN_OR_RETURN(BucketState * state, Bucket(bucket));
  if (version.empty() && Latest(*state, key) == nullptr) return NoObject(key);
  const auto found = state->keys.find(key);
  if (found != state->keys.end()) {
    for (Version& one : found->second) {
      const bool is_null = version == "null" && one.info.null_version();
      if (version.empty() || is_null || one.info.version() == version) return &one;
    }
  }
  return MakeError(absl::StatusCode::kNotFound, v1::VERSION_NOT_FOUND,
                   absl::StrCat("'", key, "' has no version ", version));
}

v1::ObjectInfo FakeObjectStore::Store(BucketState& bucket, v1::ObjectInfo info,
                                      std::shared_ptr<const std::string> data) {
  std::vector<Version>& versions = bucket.keys[info.key()];
  if (bucket.info.versioning() != v1::Bucket::ENABLED) {
    std::erase_if(versions, [](const Version& one) { return one.info.null_version(); });
    info.set_null_version(true);
  }
  for (Version& one : versions) one.info.set_latest(false);
  info.set_bucket(bucket.info.name());
  info.set_latest(true);
  info.set_version(absl::StrCat("v", ++versions_));
  info.mutable_last_modified()->set_seconds(kTime);
  if (data != nullptr) {
    info.set_size(data->size());
    info.set_crc32c(Crc32c(*data));
    info.set_etag(absl::StrCat(info.crc32c(), "-", versions_));
    if (info.content_type().empty()) info.set_content_type("application/octet-stream");
  }
  versions.insert(versions.begin(), Version{std::move(info), std::move(data)});
  return versions.front().info;
}

absl::StatusOr<v1::ObjectInfo> FakeObjectStore::Put(const v1::PutObjectRequest::Header& header,
                                                    std::string data) {
  ASSIGN_OR_RETURN(BucketState * bucket, Bucket(header.bucket()));
  RETURN_IF_ERROR(
      Check(header.preconditions(), Latest(*bucket, header.key()), header.key(), false));
  return Store(*bucket, Describe(header), std::make_shared<std::string>(std::move(data)));
}

absl::StatusOr<FakeObjectStore::Version> FakeObjectStore::Find(
    const std::string& bucket, const std::string& key, const std::string& version,
    const v1::Preconditions& preconditions) const {
  ASSIGN_OR_RETURN(const Version* found,
                   const_cast<FakeObjectStore*>(this)->FindVersion(bucket, key, version));
  RETURN_IF_ERROR(Check(preconditions, found, key, true));
  return *found;
}

absl::StatusOr<v1::ObjectInfo> FakeObjectStore::SetTags(const v1::SetObjectTagsRequest& request) {
  ASSIGN_OR_RETURN(Version * found,
                   FindVersion(request.bucket(), request.key(), request.version()));
  *found->info.mutable_tags() = request.tags();
  return found->info;
}

absl::StatusOr<v1::DeleteObjectResponse> FakeObjectStore::Delete(
    const v1::DeleteObjectRequest& request) {
  ASSIGN_OR_RETURN(BucketState * bucket, Bucket(request.bucket()));
  const Version* current = Latest(*bucket, request.key());
  RETURN_IF_ERROR(Check(request.preconditions(), current, request.key(), false));
  v1::DeleteObjectResponse response;
  response.set_existed(request.version().empty() && current != nullptr);
  if (request.version().empty() && bucket->info.versioning() != v1::Bucket::UNVERSIONED) {
    v1::ObjectInfo marker;
    marker.set_key(request.key());
    marker.set_delete_marker(true);
    response.set_delete_marker(true);
    response.set_version(Store(*bucket, marker, nullptr).version());
    return response;
  }
  const auto found = bucket->keys.find(request.key());
  if (found == bucket->keys.end()) return response;
  std::erase_if(found->second, [&](const Version& one) {
    if (!request.version().empty() && one.info.version() != request.version()) return false;
    response.set_existed(true);
    response.set_delete_marker(one.info.delete_marker());
    if (!request.version().empty()) response.set_version(one.info.version());
    return true;
  });
  if (found->second.empty()) {
    bucket->keys.erase(found);
  } else {
    found->second.front().info.set_latest(true);
  }
  return response;
}

absl::StatusOr<v1::DeleteObjectsResponse> FakeObjectStore::Delete(
    const v1::DeleteObjectsRequest& request) {
  if (request.entries_size() > 1'000) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat(request.entries_size(), " entries; at most 1,000"));
  }
  RETURN_IF_ERROR(Bucket(request.bucket()).status());
  v1::DeleteObjectsResponse response;
  for (const v1::DeleteObjectsRequest::Entry& entry : request.entries()) {
    v1::DeleteObjectRequest one;
    one.set_bucket(request.bucket());
    one.set_key(entry.key());
    one.set_version(entry.version());
    *one.mutable_preconditions() = entry.preconditions();
    v1::DeleteObjectsResponse::Result& result = *response.add_results();
    const absl::StatusOr<v1::DeleteObjectResponse> deleted = Delete(one);
    if (deleted.ok()) {
      *result.mutable_deleted() = *deleted;
    } else {
      result.set_code(static_cast<int>(deleted.status().code()));
      result.set_reason(ReasonOf(deleted.status()));
      result.set_message(std::string(deleted.status().message()));
    }
  }
  return response;
}

absl::StatusOr<v1::CopyObjectResponse> FakeObjectStore::Copy(const v1::CopyObjectRequest& request) {
  ASSIGN_OR_RETURN(const Version source,
                   Find(request.source_bucket(), request.source_key(), request.source_version(),
                        request.source_preconditions()));
  ASSIGN_OR_RETURN(BucketState * bucket, Bucket(request.bucket()));
  RETURN_IF_ERROR(
      Check(request.preconditions(), Latest(*bucket, request.key()), request.key(), false));
  v1::ObjectInfo info = source.info;
  info.set_key(request.key());
  info.set_null_version(false);
  if (request.has_replace_metadata()) {
    info.set_content_type(request.replace_metadata().content_type());
    *info.mutable_user_metadata() = request.replace_metadata().user_metadata();
    *info.mutable_headers() = request.replace_metadata().headers();
  }
  if (request.has_replace_tags()) *info.mutable_tags() = request.replace_tags().tags();
  v1::CopyObjectResponse response;
  response.set_source_version(source.info.version());
  *response.mutable_object() = Store(*bucket, std::move(info), source.data);
  return response;
}

std::vector<std::string> FakeObjectStore::Keys(const std::string& bucket) const {
  std::vector<std::string> keys;
  const auto found = buckets_.find(bucket);
  if (found == buckets_.end()) return keys;
  for (const auto& [key, versions] : found->second.keys) {
    if (Latest(found->second, key) != nullptr) keys.push_back(key);
  }
  return keys;
}

absl::StatusOr<const FakeObjectStore::Upload*> FakeObjectStore::FindUpload(
    const std::string& upload_id) const {
  const auto found = uploads_.find(upload_id);
  if (found != uploads_.end()) return &found->second;
  return MakeError(absl::StatusCode::kNotFound, v1::UPLOAD_NOT_FOUND,
                   absl::StrCat("there is no upload ", upload_id));
}

absl::StatusOr<v1::MultipartUpload> FakeObjectStore::Create(
    const v1::CreateMultipartUploadRequest& request) {
  RETURN_IF_ERROR(Bucket(request.bucket()).status());
  const std::string id = absl::StrCat("u", ++versions_);
  Upload& upload = uploads_[id];
  upload.request = request;
  upload.info.set_bucket(request.bucket());
  upload.info.set_key(request.key());
  upload.info.set_upload_id(id);
  upload.info.mutable_initiated()->set_seconds(kTime);
  *upload.info.mutable_checksums() = request.checksums();
  return upload.info;
}

absl::StatusOr<v1::PartInfo> FakeObjectStore::PutPart(const v1::UploadPartRequest::Header& header,
                                                      std::string data) {
  RETURN_IF_ERROR(FindUpload(header.upload_id()).status());
  Part& part = uploads_[header.upload_id()].parts[header.part_number()];
  part.info.set_part_number(header.part_number());
  part.info.set_size(data.size());
  part.info.set_crc32c(Crc32c(data));
  part.info.set_etag(absl::StrCat(part.info.crc32c(), "-p", ++versions_));
  part.info.mutable_last_modified()->set_seconds(kTime);
  part.data = std::move(data);
  return part.info;
}

absl::StatusOr<v1::ObjectInfo> FakeObjectStore::Complete(
    const v1::CompleteMultipartUploadRequest& request) {
  ASSIGN_OR_RETURN(const Upload* upload, FindUpload(request.upload_id()));
  ASSIGN_OR_RETURN(BucketState * bucket, Bucket(request.bucket()));
  RETURN_IF_ERROR(
      Check(request.preconditions(), Latest(*bucket, request.key()), request.key(), false));
  std::string data;
  uint32_t last = 0;
  for (const v1::CompleteMultipartUploadRequest::Part& named : request.parts()) {
    const auto part = upload->parts.find(named.part_number());
    if (part == upload->parts.end() || part->second.info.etag() != named.etag()) {
      return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_PART,
                       absl::StrCat("part ", named.part_number(), " is not there"));
    }
    if (named.part_number() <= last) {
      return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_PART_ORDER, "not ascending");
    }
    last = named.part_number();
    data += part->second.data;
  }
  if (request.has_size() && request.size() != data.size()) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::BODY_LENGTH_MISMATCH,
                     absl::StrCat("the parts have ", data.size(), " bytes"));
  }
  std::string crc;
  AppendBigEndian32(Crc32c(data), &crc);
  for (const v1::Checksum& checksum : request.checksums()) {
    if (checksum.algorithm() != v1::Checksum::CRC32C || checksum.value() == crc) continue;
    return MakeError(absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH,
                     "the object has another CRC32C");
  }
  v1::ObjectInfo info;
  info.set_key(request.key());
  info.set_content_type(upload->request.content_type());
  *info.mutable_user_metadata() = upload->request.user_metadata();
  *info.mutable_headers() = upload->request.headers();
  *info.mutable_tags() = upload->request.tags();
  info.set_parts(request.parts_size());
  uploads_.erase(request.upload_id());
  return Store(*bucket, std::move(info), std::make_shared<std::string>(std::move(data)));
}

absl::StatusOr<v1::AbortMultipartUploadResponse> FakeObjectStore::Abort(
    const v1::AbortMultipartUploadRequest& request) {
  RETURN_IF_ERROR(FindUpload(request.upload_id()).status());
  uploads_.erase(request.upload_id());
  return v1::AbortMultipartUploadResponse();
}

}  // namespace trebol::testing
