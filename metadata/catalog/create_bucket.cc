#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<v1::Outcome> Create(Transaction& rows, const std::string& name,
                                   const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto existing, buckets::Find(rows, name));
  if (existing.has_value()) {
    return operations::Failure(
        MakeError(absl::StatusCode::kAlreadyExists, v1::BUCKET_ALREADY_EXISTS,
                  absl::StrCat("the bucket '", name, "' exists already; choose another name")));
  }
  ASSIGN_OR_RETURN(v1::ClusterRow cluster, GetCluster(rows));
  v1::Outcome outcome;
  v1::BucketRow& bucket = *outcome.mutable_bucket();
  bucket.set_id(cluster.next_bucket_id());
  bucket.set_name(name);
  bucket.set_created_us(context.time_us);
  cluster.set_next_bucket_id(cluster.next_bucket_id() + 1);
  cluster.set_buckets(cluster.buckets() + 1);
  RETURN_IF_ERROR(PutCluster(rows, cluster));
  RETURN_IF_ERROR(buckets::Put(rows, bucket));
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> CreateBucket(Transaction& rows, const v1::CreateBucketCommand& command,
                                         const ApplyContext& context) {
  RETURN_IF_ERROR(ValidateBucketName(command.bucket()));
  return operations::Once(rows, command.operation(), v1::Outcome::kBucket,
                          [&] { return Create(rows, command.bucket(), context); });
}

}  // namespace trebol::catalog
