#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/object/access_names.h"
#include "metadata/catalog/access_keys.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::Status Validate(const v1::AccessKeyRow& key) {
  RETURN_IF_ERROR(ValidateAccessKeyId(key.id()));
  RETURN_IF_ERROR(ValidateAccessKeySecret(key.secret()));
  RETURN_IF_ERROR(ValidateUserName(key.user()));
  RETURN_IF_ERROR(ValidateDisplayName(key.display_name()));
  if (!key.root() && key.user() != kRootUser) return absl::OkStatus();
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat("the key '", key.id(),
                                "' is for root, whose only key is set where metadata is started; "
                                "choose another user"));
}

// Whoever knows neither the secret nor the user learns here no more than that the id is taken.
absl::Status Taken(const v1::AccessKeyRow& key) {
  return MakeError(absl::StatusCode::kAlreadyExists, v1::ACCESS_KEY_EXISTS,
                   absl::StrCat("the key '", key.id(),
                                "' exists with another secret or user; delete it first, or choose "
                                "another id"));
}

absl::StatusOr<v1::Outcome> Put(Transaction& rows, const v1::AccessKeyRow& key,
                                const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto existing, access_keys::Find(rows, key.id()));
  if (existing.has_value() &&
      (existing->root() || existing->secret() != key.secret() || existing->user() != key.user())) {
    return operations::Failure(Taken(key));
  }
  v1::Outcome outcome;
  v1::AccessKeyRow& row = *outcome.mutable_access_key();
  row = key;
  row.set_created_us(existing.has_value() ? existing->created_us() : context.time_us);
  RETURN_IF_ERROR(access_keys::Put(rows, row));
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> PutAccessKey(Transaction& rows, const v1::PutAccessKeyCommand& command,
                                         const ApplyContext& context) {
  RETURN_IF_ERROR(Validate(command.key()));
  return operations::Once(rows, command.operation(), v1::Outcome::kAccessKey,
                          [&] { return Put(rows, command.key(), context); });
}

}  // namespace trebol::catalog
