#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/access_names.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::Status Validate(const v1::SetBucketAccessCommand& command) {
  RETURN_IF_ERROR(ValidateBucketName(command.bucket()));
  RETURN_IF_ERROR(ValidateGrants(command.grants()));
  if (!command.owner().empty()) {
    RETURN_IF_ERROR(ValidateUserName(command.owner()));
  }
  if (v1::BucketAccess::Anonymous_IsValid(command.anonymous())) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
      absl::StrCat("there is no anonymous access ", static_cast<int>(command.anonymous())));
}

// Sorted by user, so that equal grants are equal bytes.
void Merge(const v1::SetBucketAccessCommand& command, v1::BucketRow* bucket) {
  std::map<std::string, v1::Grant::Right> rights;
  if (!command.only_these()) {
    for (const v1::Grant& grant : bucket->grants()) rights[grant.user()] = grant.right();
  }
  for (const v1::Grant& grant : command.grants()) rights[grant.user()] = grant.right();
  bucket->clear_grants();
  for (const auto& [user, right] : rights) {
    if (right == v1::Grant::RIGHT_UNSPECIFIED) continue;
    v1::Grant& grant = *bucket->add_grants();
    grant.set_user(user);
    grant.set_right(right);
  }
}

absl::StatusOr<v1::Outcome> Set(Transaction& rows, const v1::SetBucketAccessCommand& command,
                                const ApplyContext& context) {
  ASSIGN_OR_RETURN(auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) return operations::Failure(buckets::NotFound(command.bucket()));
  Merge(command, &*bucket);
  if (bucket->grants_size() > kMaxGrants) {
    return operations::Failure(
        MakeError(absl::StatusCode::kFailedPrecondition, v1::INVALID_ARGUMENT,
                  absl::StrCat("the bucket '", command.bucket(), "' would have ",
                               bucket->grants_size(), " grants; at most ", kMaxGrants,
                               " are allowed: let several keys share a user")));
  }
  if (command.has_anonymous()) bucket->set_anonymous(command.anonymous());
  if (!command.owner().empty()) bucket->set_owner(command.owner());
  RETURN_IF_ERROR(buckets::Put(rows, *bucket));
  v1::Outcome outcome;
  *outcome.mutable_bucket() = *std::move(bucket);
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> SetBucketAccess(Transaction& rows,
                                            const v1::SetBucketAccessCommand& command,
                                            const ApplyContext& context) {
  RETURN_IF_ERROR(Validate(command));
  return operations::Once(rows, command.operation(), v1::Outcome::kBucket,
                          [&] { return Set(rows, command, context); });
}

}  // namespace trebol::catalog
