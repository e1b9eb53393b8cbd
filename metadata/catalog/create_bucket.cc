#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/access_names.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

// Only who said who they are learns that the bucket is theirs.
absl::Status Exists(const v1::CreateBucketCommand& command, const v1::BucketRow& existing) {
  if (command.owner() == OwnerOf(existing)) {
    return MakeError(absl::StatusCode::kAlreadyExists, v1::BUCKET_OWNED_BY_YOU,
                     absl::StrCat("the bucket '", command.bucket(), "' is yours already"));
  }
  return MakeError(
      absl::StatusCode::kAlreadyExists, v1::BUCKET_ALREADY_EXISTS,
      absl::StrCat("the bucket '", command.bucket(), "' exists already; choose another name"));
}

absl::StatusOr<v1::Outcome> Create(Transaction& rows, const v1::CreateBucketCommand& command,
                                   const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto existing, buckets::Find(rows, command.bucket()));
  if (existing.has_value()) return operations::Failure(Exists(command, *existing));
  v1::Outcome outcome;
  const absl::string_view owner = command.owner().empty() ? kRootUser : command.owner();
  ASSIGN_OR_RETURN(*outcome.mutable_bucket(),
                   buckets::Create(rows, command.bucket(), owner, context));
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> CreateBucket(Transaction& rows, const v1::CreateBucketCommand& command,
                                         const ApplyContext& context) {
  RETURN_IF_ERROR(ValidateBucketName(command.bucket()));
  if (!command.owner().empty()) {
    RETURN_IF_ERROR(ValidateUserName(command.owner()));
  }
  return operations::Once(rows, command.operation(), v1::Outcome::kBucket,
                          [&] { return Create(rows, command, context); });
}

}  // namespace trebol::catalog
