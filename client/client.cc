#include "client/client.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "client/internal/connection.h"
#include "client/internal/messages.h"
#include "client/internal/unary_call.h"
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

}  // namespace

absl::StatusOr<Client> Client::Create(ClientOptions options) {
  RETURN_IF_ERROR(ValidateEndpoint(options.endpoint));
  return Client(std::make_shared<Connection>(std::move(options)));
}

Client::Client(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}

absl::StatusOr<Bucket> Client::CreateBucket(const std::string& bucket) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  v1::CreateBucketRequest request;
  request.set_bucket(bucket);
  ASSIGN_OR_RETURN(const v1::Bucket created,
                   CallUnary<v1::Bucket>(*connection_, Effect::kWrite,
                                         [&](const Lane& lane, auto* context, auto* response) {
                                           return lane.objects->CreateBucket(context, request,
                                                                             response);
                                         }));
  return FromMessage(created);
}

absl::Status Client::DeleteBucket(const std::string& bucket) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  v1::DeleteBucketRequest request;
  request.set_bucket(bucket);
  return CallUnary<v1::DeleteBucketResponse>(*connection_, Effect::kWrite,
                                             [&](const Lane& lane, auto* context, auto* response) {
                                               return lane.objects->DeleteBucket(context, request,
                                                                                 response);
                                             })
      .status();
}

absl::StatusOr<Bucket> Client::HeadBucket(const std::string& bucket) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  v1::HeadBucketRequest request;
  request.set_bucket(bucket);
  ASSIGN_OR_RETURN(const v1::Bucket found,
                   CallUnary<v1::Bucket>(*connection_, Effect::kRead,
                                         [&](const Lane& lane, auto* context, auto* response) {
                                           return lane.objects->HeadBucket(context, request,
                                                                           response);
                                         }));
  return FromMessage(found);
}

absl::StatusOr<std::vector<Bucket>> Client::ListBuckets() const {
  ASSIGN_OR_RETURN(
      const v1::ListBucketsResponse listed,
      CallUnary<v1::ListBucketsResponse>(*connection_, Effect::kRead,
                                         [](const Lane& lane, auto* context, auto* response) {
                                           return lane.objects->ListBuckets(context, {}, response);
                                         }));
  std::vector<Bucket> buckets;
  for (const v1::Bucket& bucket : listed.buckets()) buckets.push_back(FromMessage(bucket));
  return buckets;
}

absl::StatusOr<ObjectInfo> Client::HeadObject(const std::string& bucket,
                                              const std::string& key) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  RETURN_IF_ERROR(ValidateObjectKey(key));
  v1::HeadObjectRequest request;
  request.set_bucket(bucket);
  request.set_key(key);
  ASSIGN_OR_RETURN(const v1::ObjectInfo info,
                   CallUnary<v1::ObjectInfo>(*connection_, Effect::kRead,
                                             [&](const Lane& lane, auto* context, auto* response) {
                                               return lane.objects->HeadObject(context, request,
                                                                               response);
                                             }));
  return FromMessage(info);
}

absl::StatusOr<bool> Client::DeleteObject(const std::string& bucket, const std::string& key) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  RETURN_IF_ERROR(ValidateObjectKey(key));
  v1::DeleteObjectRequest request;
  request.set_bucket(bucket);
  request.set_key(key);
  ASSIGN_OR_RETURN(
      const v1::DeleteObjectResponse deleted,
      CallUnary<v1::DeleteObjectResponse>(
          *connection_, Effect::kWrite, [&](const Lane& lane, auto* context, auto* response) {
            return lane.objects->DeleteObject(context, request, response);
          }));
  return deleted.existed();
}

absl::StatusOr<ListObjectsPage> Client::ListObjects(const ListObjectsRequest& request) const {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket));
  ASSIGN_OR_RETURN(
      const v1::ListObjectsResponse page,
      CallUnary<v1::ListObjectsResponse>(
          *connection_, Effect::kRead, [&](const Lane& lane, auto* context, auto* response) {
            return lane.objects->ListObjects(context, ToMessage(request), response);
          }));
  return FromMessage(page);
}

absl::Status Client::ForEachPage(
    ListObjectsRequest request,
    const std::function<absl::Status(const ListObjectsPage&)>& take) const {
  while (true) {
    ASSIGN_OR_RETURN(ListObjectsPage page, ListObjects(request));
    RETURN_IF_ERROR(take(page));
    if (page.next_page_token.empty()) return absl::OkStatus();
    request.page_token = std::move(page.next_page_token);
  }
}

absl::StatusOr<ObjectInfo> Client::GetObject(const std::string& bucket, const std::string& key,
                                             const Sink& sink, const ByteRange& range) const {
  ASSIGN_OR_RETURN(ObjectReader reader, OpenObject(bucket, key, range));
  while (true) {
    ASSIGN_OR_RETURN(const absl::string_view bytes, reader.Next());
    if (bytes.empty()) return reader.info();
    RETURN_IF_ERROR(sink(bytes));
  }
}

absl::StatusOr<ClusterStatus> Client::GetClusterStatus() const {
  ASSIGN_OR_RETURN(
      const v1::ClusterStatus status,
      CallUnary<v1::ClusterStatus>(*connection_, Effect::kRead,
                                   [](const Lane& lane, auto* context, auto* response) {
                                     return lane.admin->GetClusterStatus(context, {}, response);
                                   }));
  return FromMessage(status);
}

}  // namespace trebol::client
