#include "client/client.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/internal/grpc_connection.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

absl::Status ValidateEndpoint(const std::string& endpoint) {
  const size_t colon = endpoint.rfind(':');
  int port = 0;
  const bool good = colon != std::string::npos && colon > 0 &&
                    absl::SimpleAtoi(endpoint.substr(colon + 1), &port) && port > 0 &&
                    port <= 65535 && endpoint.find('/') == std::string::npos;
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("endpoint '", endpoint, "' is not HOST:PORT; for example 127.0.0.1:9100"));
}

std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// An id travels in a header, which takes no other characters; the secret never travels.
absl::Status ValidateKeyPair(const std::string& id, const std::string& secret) {
  if (id.empty() != secret.empty()) {
    return absl::InvalidArgumentError(
        "a key has an id and a secret, and one of them is missing: AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY, or the options of those names");
  }
  const bool plain = std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != ',';
  });
  if (plain) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the id of the key (AWS_ACCESS_KEY_ID, or the option of that name) has a blank, a comma, a "
      "line break or a character beyond ASCII in it, which no key has");
}

absl::Status Validate(const std::string& bucket, const std::string& key) {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  return ValidateObjectKey(key);
}

absl::Status ValidatePartNumber(uint32_t part_number) {
  if (part_number >= 1 && part_number <= kMaxParts) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_PART,
                   absl::StrCat("part number ", part_number, " is not from 1 to ", kMaxParts));
}

}  // namespace

absl::StatusOr<Client> Client::Create(ClientOptions options) {
  RETURN_IF_ERROR(ValidateEndpoint(options.endpoint));
  if (options.access_key_id.empty() && options.secret_access_key.empty()) {
    options.access_key_id = Variable("AWS_ACCESS_KEY_ID");
    options.secret_access_key = Variable("AWS_SECRET_ACCESS_KEY");
  }
  RETURN_IF_ERROR(ValidateKeyPair(options.access_key_id, options.secret_access_key));
  CallContext context{.timeout = options.timeout,
                      .idle_timeout = options.idle_timeout,
                      .max_attempts = options.max_attempts,
                      .stop = options.stop};
  return Client(std::make_shared<GrpcConnection>(options), std::move(context));
}

Client::Client(std::shared_ptr<Connection> connection, CallContext context)
    : connection_(std::move(connection)), context_(std::move(context)) {}

Client Client::WithTimeout(absl::Duration timeout) const {
  Client client = *this;
  client.context_.timeout = timeout;
  return client;
}

Client Client::WithStop(std::stop_token stop) const {
  Client client = *this;
  client.context_.stop = std::move(stop);
  return client;
}

absl::StatusOr<Bucket> Client::CreateBucket(const std::string& bucket) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  return connection_->CreateBucket(context_, bucket);
}

absl::Status Client::DeleteBucket(const std::string& bucket) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  return connection_->DeleteBucket(context_, bucket);
}

absl::StatusOr<Bucket> Client::HeadBucket(const std::string& bucket) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  return connection_->HeadBucket(context_, bucket);
}

absl::StatusOr<std::vector<Bucket>> Client::ListBuckets() const {
  return connection_->ListBuckets(context_);
}

absl::StatusOr<Bucket> Client::SetBucketVersioning(const std::string& bucket,
                                                   Versioning versioning) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  return connection_->SetBucketVersioning(context_, bucket, versioning);
}

absl::StatusOr<Bucket> Client::SetBucketTags(const std::string& bucket, const Tags& tags) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  return connection_->SetBucketTags(context_, bucket, tags);
}

absl::StatusOr<AccessKey> Client::CreateAccessKey(const AccessKeyOptions& options) const {
  return connection_->CreateAccessKey(context_, options);
}

absl::StatusOr<AccessKey> Client::ImportAccessKey(const std::string& id, const std::string& secret,
                                                  const AccessKeyOptions& options) const {
  return connection_->ImportAccessKey(context_, id, secret, options);
}

absl::StatusOr<std::vector<AccessKey>> Client::ListAccessKeys(const std::string& user) const {
  std::vector<AccessKey> keys;
  std::string token;
  do {
    ASSIGN_OR_RETURN(AccessKeyPage page, connection_->ListAccessKeys(context_, user, token));
    keys.insert(keys.end(), std::make_move_iterator(page.keys.begin()),
                std::make_move_iterator(page.keys.end()));
    token = std::move(page.next_page_token);
  } while (!token.empty());
  return keys;
}

absl::Status Client::DeleteAccessKey(const std::string& id) const {
  return connection_->DeleteAccessKey(context_, id);
}

absl::StatusOr<BucketAccess> Client::GetBucketAccess(const std::string& bucket) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  return connection_->GetBucketAccess(context_, bucket);
}

absl::StatusOr<BucketAccess> Client::SetBucketAccess(const std::string& bucket,
                                                     const BucketAccessChange& change) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  return connection_->SetBucketAccess(context_, bucket, change);
}

absl::StatusOr<BucketAccess> Client::SetBucketQuota(const std::string& bucket,
                                                    uint64_t quota_bytes) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  return connection_->SetBucketQuota(context_, bucket, quota_bytes);
}

absl::StatusOr<ObjectInfo> Client::PutObject(const std::string& bucket, const std::string& key,
                                             const Source& source,
                                             const PutObjectOptions& options) const {
  RETURN_IF_ERROR(Validate(bucket, key));
  return connection_->PutObject(context_, bucket, key, source, options);
}

absl::StatusOr<ObjectInfo> Client::PutObject(const std::string& bucket, const std::string& key,
                                             absl::string_view bytes,
                                             const PutObjectOptions& options) const {
  size_t at = 0;
  const Source source = [bytes, &at](char* to, size_t size) -> absl::StatusOr<size_t> {
    const size_t copied = std::min(size, bytes.size() - at);
    if (copied > 0) std::memcpy(to, bytes.data() + at, copied);
    at += copied;
    return copied;
  };
  PutObjectOptions put = options;
  put.content_length = bytes.size();
  put.rewind = [&at] {
    at = 0;
    return absl::OkStatus();
  };
  return PutObject(bucket, key, source, put);
}

absl::StatusOr<ObjectReader> Client::OpenObject(const std::string& bucket, const std::string& key,
                                                const ReadObjectOptions& options) const {
  RETURN_IF_ERROR(Validate(bucket, key));
  return connection_->OpenObject(context_, bucket, key, options);
}

absl::StatusOr<ObjectInfo> Client::GetObject(const std::string& bucket, const std::string& key,
                                             const Sink& sink,
                                             const ReadObjectOptions& options) const {
  ASSIGN_OR_RETURN(ObjectReader reader, OpenObject(bucket, key, options));
  while (true) {
    ASSIGN_OR_RETURN(const absl::string_view bytes, reader.Next());
    if (bytes.empty()) return reader.info();
    RETURN_IF_ERROR(sink(bytes));
  }
}

absl::StatusOr<ObjectInfo> Client::HeadObject(const std::string& bucket, const std::string& key,
                                              const HeadObjectOptions& options) const {
  RETURN_IF_ERROR(Validate(bucket, key));
  return connection_->HeadObject(context_, bucket, key, options);
}

absl::StatusOr<ObjectInfo> Client::SetObjectTags(const std::string& bucket, const std::string& key,
                                                 const Tags& tags,
                                                 const SetObjectTagsOptions& options) const {
  RETURN_IF_ERROR(Validate(bucket, key));
  return connection_->SetObjectTags(context_, bucket, key, tags, options);
}

absl::StatusOr<DeleteObjectResult> Client::DeleteObject(const std::string& bucket,
                                                        const std::string& key,
                                                        const DeleteObjectOptions& options) const {
  RETURN_IF_ERROR(Validate(bucket, key));
  return connection_->DeleteObject(context_, bucket, key, options);
}

absl::StatusOr<CopyObjectResult> Client::CopyObject(const std::string& source_bucket,
                                                    const std::string& source_key,
                                                    const std::string& bucket,
                                                    const std::string& key,
                                                    const CopyObjectOptions& options) const {
  RETURN_IF_ERROR(Validate(source_bucket, source_key));
  RETURN_IF_ERROR(Validate(bucket, key));
  return connection_->CopyObject(context_, source_bucket, source_key, bucket, key, options);
}

absl::StatusOr<MultipartUpload> Client::CreateMultipartUpload(
    const std::string& bucket, const std::string& key,
    const CreateMultipartUploadOptions& options) const {
  RETURN_IF_ERROR(Validate(bucket, key));
  return connection_->CreateMultipartUpload(context_, bucket, key, options);
}

absl::StatusOr<PartInfo> Client::UploadPart(const MultipartUpload& upload, uint32_t part_number,
                                            const Source& source,
                                            const UploadPartOptions& options) const {
  RETURN_IF_ERROR(Validate(upload.bucket, upload.key));
  RETURN_IF_ERROR(ValidatePartNumber(part_number));
  return connection_->UploadPart(context_, upload, part_number, source, options);
}

absl::StatusOr<ObjectInfo> Client::CompleteMultipartUpload(
    const MultipartUpload& upload, const std::vector<PartInfo>& parts,
    const CompleteMultipartUploadOptions& options) const {
  RETURN_IF_ERROR(Validate(upload.bucket, upload.key));
  for (const PartInfo& part : parts) RETURN_IF_ERROR(ValidatePartNumber(part.part_number));
  return connection_->CompleteMultipartUpload(context_, upload, parts, options);
}

absl::Status Client::AbortMultipartUpload(const MultipartUpload& upload) const {
  RETURN_IF_ERROR(Validate(upload.bucket, upload.key));
  return connection_->AbortMultipartUpload(context_, upload);
}

absl::StatusOr<ClusterStatus> Client::GetClusterStatus() const {
  return connection_->GetClusterStatus(context_);
}

absl::StatusOr<NodeChangePlan> Client::PlanNodeChange(const NodeChange& change) const {
  return connection_->PlanNodeChange(context_, change);
}

absl::StatusOr<NodeChangePlan> Client::ApplyNodeChange(const NodeChange& change) const {
  return connection_->ApplyNodeChange(context_, change);
}

absl::StatusOr<JobList> Client::ListJobs() const { return connection_->ListJobs(context_); }

absl::StatusOr<Job> Client::ChangeJob(JobVerb verb, const std::string& id) const {
  return connection_->ChangeJob(context_, verb, id);
}

absl::StatusOr<ObjectExplanation> Client::ExplainObject(const std::string& bucket,
                                                        const std::string& key,
                                                        const ExplainObjectOptions& options) const {
  RETURN_IF_ERROR(Validate(bucket, key));
  return connection_->ExplainObject(context_, bucket, key, options);
}

}  // namespace trebol::client
