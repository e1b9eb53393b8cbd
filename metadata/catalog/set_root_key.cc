#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/access_names.h"
#include "metadata/catalog/access_keys.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {
namespace {

absl::Status Validate(const v1::SetRootKeyCommand& command) {
  RETURN_IF_ERROR(ValidateAccessKeyId(command.id()));
  RETURN_IF_ERROR(ValidateAccessKeySecret(command.secret()));
  for (const std::string& bucket : command.buckets()) {
    RETURN_IF_ERROR(ValidateBucketName(bucket));
  }
  return absl::OkStatus();
}

// That are not there.
absl::Status CreateBuckets(Transaction& rows, const v1::SetRootKeyCommand& command,
                           const ApplyContext& context) {
  for (const std::string& name : command.buckets()) {
    ASSIGN_OR_RETURN(const auto existing, buckets::Find(rows, name));
    if (existing.has_value()) continue;
    RETURN_IF_ERROR(buckets::Create(rows, name, kRootUser, context).status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Outcome> SetRootKey(Transaction& rows, const v1::SetRootKeyCommand& command,
                                       const ApplyContext& context) {
  RETURN_IF_ERROR(Validate(command));
  ASSIGN_OR_RETURN(const auto before, access_keys::FindRoot(rows));
  ASSIGN_OR_RETURN(const auto same, access_keys::Find(rows, command.id()));
  if (same.has_value() && !same->root()) {
    return MakeError(
        absl::StatusCode::kAlreadyExists, v1::ACCESS_KEY_EXISTS,
        absl::StrCat("the key '", command.id(), "' for root is one of the user '", same->user(),
                     "'; give root another id, or start with the pair it had and "
                     "delete that key first"));
  }
  if (!before.has_value()) {
    RETURN_IF_ERROR(CreateBuckets(rows, command, context));
  } else if (before->id() != command.id()) {
    RETURN_IF_ERROR(access_keys::Remove(rows, before->id()));
  }
  v1::AccessKeyRow key;
  key.set_id(command.id());
  key.set_secret(command.secret());
  key.set_user(std::string(kRootUser));
  key.set_display_name(std::string(kRootUser));
  key.set_created_us(same.has_value() ? same->created_us() : context.time_us);
  key.set_root(true);
  RETURN_IF_ERROR(access_keys::Put(rows, key));
  v1::RootKeyRow place;
  place.set_id(command.id());
  RETURN_IF_ERROR(PutRow(rows, row_keys::RootKey(), place));
  return v1::Outcome();
}

}  // namespace trebol::catalog
