#include "client/internal/grpc_connection.h"
#include "client/internal/unary_call.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

using Access = v1::AccessService::Stub;

absl::Time FromMessage(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

AccessKey FromMessage(const v1::AccessKey& message) {
  AccessKey key;
  key.id = message.id();
  key.secret = message.secret();
  key.user = message.user();
  key.display_name = message.display_name();
  key.created = FromMessage(message.created());
  if (message.has_expires()) key.expires = FromMessage(message.expires());
  key.root = message.root();
  return key;
}

BucketAccess FromMessage(const v1::BucketAccess& message) {
  BucketAccess access;
  access.bucket = message.bucket();
  access.owner = message.owner();
  for (const v1::Grant& grant : message.grants()) {
    access.grants.push_back({grant.user(), static_cast<Right>(grant.right())});
  }
  access.anonymous = static_cast<AnonymousAccess>(message.anonymous());
  access.quota_bytes = message.quota_bytes();
  if (message.has_usage()) {
    access.usage = BucketUsage{.bytes = message.usage().bytes(),
                               .objects = message.usage().objects(),
                               .old_versions = message.usage().old_versions()};
  }
  return access;
}

template <typename Message>
void FillIn(const AccessKeyOptions& options, Message* message) {
  message->set_user(options.user);
  message->set_display_name(options.display_name);
  if (!options.expires.has_value()) return;
  const int64_t seconds = absl::ToUnixSeconds(*options.expires);
  message->mutable_expires()->set_seconds(seconds);
  message->mutable_expires()->set_nanos(static_cast<int32_t>(
      absl::ToInt64Nanoseconds(*options.expires - absl::FromUnixSeconds(seconds))));
}

}  // namespace

absl::StatusOr<AccessKey> GrpcConnection::CreateAccessKey(const CallContext& context,
                                                          const AccessKeyOptions& options) {
  v1::CreateAccessKeyRequest request;
  FillIn(options, &request);
  ASSIGN_OR_RETURN(const v1::AccessKey key,
                   Write(*transport_, session_, context, &Access::CreateAccessKey, request));
  return FromMessage(key);
}

absl::StatusOr<AccessKey> GrpcConnection::ImportAccessKey(const CallContext& context,
                                                          const std::string& id,
                                                          const std::string& secret,
                                                          const AccessKeyOptions& options) {
  v1::ImportAccessKeyRequest request;
  request.set_id(id);
  request.set_secret(secret);
  FillIn(options, &request);
  ASSIGN_OR_RETURN(const v1::AccessKey key,
                   Write(*transport_, session_, context, &Access::ImportAccessKey, request));
  return FromMessage(key);
}

absl::StatusOr<AccessKeyPage> GrpcConnection::ListAccessKeys(const CallContext& context,
                                                             const std::string& user,
                                                             const std::string& page_token) {
  v1::ListAccessKeysRequest request;
  request.set_user(user);
  request.set_page_token(page_token);
  ASSIGN_OR_RETURN(const v1::ListAccessKeysResponse listed,
                   Read(*transport_, context, &Access::ListAccessKeys, request));
  AccessKeyPage page;
  for (const v1::AccessKey& key : listed.keys()) page.keys.push_back(FromMessage(key));
  page.next_page_token = listed.next_page_token();
  return page;
}

absl::Status GrpcConnection::DeleteAccessKey(const CallContext& context, const std::string& id) {
  v1::DeleteAccessKeyRequest request;
  request.set_id(id);
  return Write(*transport_, session_, context, &Access::DeleteAccessKey, request).status();
}

absl::StatusOr<BucketAccess> GrpcConnection::GetBucketAccess(const CallContext& context,
                                                             const std::string& bucket) {
  v1::GetBucketAccessRequest request;
  request.set_bucket(bucket);
  ASSIGN_OR_RETURN(const v1::BucketAccess access,
                   Read(*transport_, context, &Access::GetBucketAccess, request));
  return FromMessage(access);
}

absl::StatusOr<BucketAccess> GrpcConnection::SetBucketAccess(const CallContext& context,
                                                             const std::string& bucket,
                                                             const BucketAccessChange& change) {
  v1::SetBucketAccessRequest request;
  request.set_bucket(bucket);
  for (const Grant& grant : change.grants) {
    v1::Grant& message = *request.add_grants();
    message.set_user(grant.user);
    message.set_right(static_cast<v1::Grant::Right>(grant.right));
  }
  request.set_only_these(change.only_these);
  if (change.anonymous.has_value()) {
    request.set_anonymous(static_cast<v1::BucketAccess::Anonymous>(*change.anonymous));
  }
  request.set_owner(change.owner);
  ASSIGN_OR_RETURN(const v1::BucketAccess access,
                   Write(*transport_, session_, context, &Access::SetBucketAccess, request));
  return FromMessage(access);
}

absl::StatusOr<BucketAccess> GrpcConnection::SetBucketQuota(const CallContext& context,
                                                            const std::string& bucket,
                                                            uint64_t quota_bytes) {
  v1::SetBucketQuotaRequest request;
  request.set_bucket(bucket);
  request.set_quota_bytes(quota_bytes);
  ASSIGN_OR_RETURN(const v1::BucketAccess access,
                   Write(*transport_, session_, context, &Access::SetBucketQuota, request));
  return FromMessage(access);
}

}  // namespace trebol::client
