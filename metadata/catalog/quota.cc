#include "metadata/catalog/quota.h"

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/objects.h"
#include "metadata/catalog/operations.h"
#include "metadata/catalog/usage.h"
#include "metadata/catalog/versions.h"

namespace trebol::catalog::quota {
namespace {

// Bytes of the null version, which a put without versioning replaces wherever it is.
absl::StatusOr<uint64_t> Replaced(const RowReader& rows, const v1::BucketRow& bucket,
                                  absl::string_view key) {
  if (bucket.versioning() == v1::Bucket::ENABLED) return 0;
  const BucketId id(bucket.id());
  ASSIGN_OR_RETURN(const auto current, objects::Find(rows, id, key));
  if (current.has_value() && !current->versioned()) return current->manifest().size();
  v1::VersionRef null;
  null.set_null_version(true);
  ASSIGN_OR_RETURN(const auto older, versions::Find(rows, id, key, null));
  return older.has_value() ? older->manifest().size() : 0;
}

}  // namespace

absl::StatusOr<std::optional<v1::Outcome>> Exceeded(const RowReader& rows,
                                                    const v1::BucketRow& bucket,
                                                    absl::string_view key, uint64_t size) {
  if (bucket.quota_bytes() == 0) return std::optional<v1::Outcome>();
  ASSIGN_OR_RETURN(const v1::BucketUsageRow held, usage::Get(rows, BucketId(bucket.id())));
  ASSIGN_OR_RETURN(const uint64_t replaced, Replaced(rows, bucket, key));
  const uint64_t after = held.bytes() - replaced + size;
  if (after <= bucket.quota_bytes() || size <= replaced) return std::optional<v1::Outcome>();
  return std::optional<v1::Outcome>(operations::Failure(MakeError(
      absl::StatusCode::kResourceExhausted, v1::QUOTA_EXCEEDED,
      absl::StrCat("the bucket '", bucket.name(), "' would hold ", after,
                   " bytes, all versions together, and its quota is ", bucket.quota_bytes(),
                   "; delete objects or old versions, or let its "
                   "owner raise the quota"))));
}

}  // namespace trebol::catalog::quota
