#include "gateway/object/access_keys.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/config/access_pair.h"
#include "common/object/access_names.h"
#include "common/object/object_info.h"
#include "gateway/object/page_token.h"

namespace trebol {
namespace {

absl::Status Invalid(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, message);
}

/// Display name and expiry, which both requests have; 0 and no field: never.
template <typename Request>
absl::Status FillIn(const Request& request, v1::AccessKeyRow* row) {
  row->set_display_name(request.display_name().empty() ? row->user() : request.display_name());
  if (!request.has_expires()) return absl::OkStatus();
  const google::protobuf::Timestamp& expires = request.expires();
  constexpr int64_t kMicroseconds = 1'000'000;
  constexpr int64_t kYear9999 = 253'402'300'799;  // the last second of a Timestamp
  if (expires.seconds() <= 0 || expires.seconds() > kYear9999 || expires.nanos() < 0 ||
      expires.nanos() >= 1'000 * kMicroseconds) {
    return Invalid(absl::StrCat("the key cannot expire at ", expires.seconds(),
                                " seconds after 1970; leave it out for a key that does not"));
  }
  row->set_expires_us(
      static_cast<uint64_t>(expires.seconds() * kMicroseconds + expires.nanos() / 1'000));
  return absl::OkStatus();
}

}  // namespace

Task<v1::AccessKey> AccessKeys::Create(RequestContextPtr context,
                                       v1::CreateAccessKeyRequest request) {
  AccessPair pair = NewAccessPair();
  v1::AccessKeyRow row;
  row.set_user(request.user().empty() ? pair.id : request.user());
  row.set_id(std::move(pair.id));
  row.set_secret(std::move(pair.secret));
  CO_RETURN_IF_ERROR(FillIn(request, &row));
  CO_ASSIGN_OR_RETURN(const v1::AccessKeyRow made,
                      co_await Put(std::move(context), request.operation(), std::move(row)));
  v1::AccessKey key = ToAccessKey(made);
  key.set_secret(made.secret());
  co_return key;
}

Task<v1::AccessKey> AccessKeys::Import(RequestContextPtr context,
                                       v1::ImportAccessKeyRequest request) {
  v1::AccessKeyRow row;
  row.set_id(request.id());
  row.set_secret(request.secret());
  row.set_user(request.user().empty() ? request.id() : request.user());
  CO_RETURN_IF_ERROR(FillIn(request, &row));
  CO_ASSIGN_OR_RETURN(const v1::AccessKeyRow taken,
                      co_await Put(std::move(context), request.operation(), std::move(row)));
  co_return ToAccessKey(taken);
}

Task<v1::AccessKeyRow> AccessKeys::Put(RequestContextPtr context, v1::OperationId operation,
                                       v1::AccessKeyRow row) {
  CO_RETURN_IF_ERROR(ValidateAccessKeyId(row.id()));
  CO_RETURN_IF_ERROR(ValidateAccessKeySecret(row.secret()));
  CO_RETURN_IF_ERROR(ValidateUserName(row.user()));
  CO_RETURN_IF_ERROR(ValidateDisplayName(row.display_name()));
  auto make = [&row](const v1::OperationId& id) {
    v1::Command command;
    *command.mutable_put_access_key()->mutable_operation() = id;
    *command.mutable_put_access_key()->mutable_key() = row;
    return command;
  };
  CO_ASSIGN_OR_RETURN(v1::Outcome outcome, co_await commands_->Run(context, operation, make));
  cache_->Forget(outcome.access_key().id());
  co_return std::move(*outcome.mutable_access_key());
}

Task<v1::ListAccessKeysResponse> AccessKeys::List(RequestContextPtr context,
                                                  v1::ListAccessKeysRequest request) {
  if (!request.user().empty()) CO_RETURN_IF_ERROR(ValidateUserName(request.user()));
  if (request.page_size() > kDefaultPageSize) {
    co_return Invalid(absl::StrCat("a page of ", request.page_size(),
                                   " keys is too large; at most ", kDefaultPageSize, " are given"));
  }
  const uint32_t listing = ListingOf({"keys", request.user()});
  v1::ReadAccessKeysRequest read;
  read.set_user(request.user());
  read.set_limit(request.page_size());
  if (!request.page_token().empty()) {
    CO_ASSIGN_OR_RETURN(const std::string after, ReadPageToken(listing, request.page_token()));
    read.set_after(after);
  }
  CO_ASSIGN_OR_RETURN(const v1::ReadAccessKeysResponse page,
                      co_await identity_->ReadAccessKeys(std::move(context), std::move(read)));
  v1::ListAccessKeysResponse response;
  for (const v1::AccessKeyRow& row : page.keys()) *response.add_keys() = ToAccessKey(row);
  if (page.more()) response.set_next_page_token(MakePageToken(listing, page.next_after()));
  co_return response;
}

Task<v1::DeleteAccessKeyResponse> AccessKeys::Delete(RequestContextPtr context,
                                                     v1::DeleteAccessKeyRequest request) {
  CO_RETURN_IF_ERROR(ValidateAccessKeyId(request.id()));
  auto make = [&request](const v1::OperationId& operation) {
    v1::Command command;
    *command.mutable_delete_access_key()->mutable_operation() = operation;
    command.mutable_delete_access_key()->set_id(request.id());
    return command;
  };
  auto outcome = co_await commands_->Run(context, request.operation(), make);
  cache_->Forget(request.id());
  CO_RETURN_IF_ERROR(outcome.status());
  co_return v1::DeleteAccessKeyResponse();
}

}  // namespace trebol
