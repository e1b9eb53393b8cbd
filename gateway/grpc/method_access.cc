#include "gateway/grpc/method_access.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"

namespace trebol {
namespace {

constexpr MethodAccess WithKey(const char* method) {
  return {.method = method, .signed_only = true, .cluster = {}, .bucket = {}, .source = {}};
}
constexpr MethodAccess OfCluster(const char* method, ClusterAction action) {
  return {.method = method, .signed_only = false, .cluster = action, .bucket = {}, .source = {}};
}
constexpr MethodAccess OfBucket(const char* method, Action action,
                                std::optional<Action> source = std::nullopt) {
  return {
      .method = method, .signed_only = false, .cluster = {}, .bucket = action, .source = source};
}

constexpr MethodAccess kAll[] = {
    OfCluster("/trebol.v1.ObjectService/CreateBucket", ClusterAction::kCreateBucket),
    {.method = "/trebol.v1.ObjectService/DeleteBucket",
     .signed_only = true,
     .cluster = {},
     .bucket = Action::kDeleteBucket,
     .source = {},
     .repeats_of_gone = true},
    OfBucket("/trebol.v1.ObjectService/HeadBucket", Action::kVisit),
    OfCluster("/trebol.v1.ObjectService/ListBuckets", ClusterAction::kListBuckets),
    OfBucket("/trebol.v1.ObjectService/SetBucketVersioning", Action::kConfigure),
    OfBucket("/trebol.v1.ObjectService/SetBucketTags", Action::kConfigure),
    OfBucket("/trebol.v1.ObjectService/PutObject", Action::kWrite),
    OfBucket("/trebol.v1.ObjectService/GetObject", Action::kRead),
    OfBucket("/trebol.v1.ObjectService/HeadObject", Action::kRead),
    OfBucket("/trebol.v1.ObjectService/SetObjectTags", Action::kWrite),
    OfBucket("/trebol.v1.ObjectService/DeleteObject", Action::kDelete),
    OfBucket("/trebol.v1.ObjectService/DeleteObjects", Action::kDelete),
    OfBucket("/trebol.v1.ObjectService/CopyObject", Action::kWrite, Action::kRead),
    OfBucket("/trebol.v1.ObjectService/ListObjects", Action::kList),
    OfBucket("/trebol.v1.ObjectService/ListObjectVersions", Action::kList),
    OfBucket("/trebol.v1.ObjectService/CreateMultipartUpload", Action::kWrite),
    OfBucket("/trebol.v1.ObjectService/UploadPart", Action::kWrite),
    OfBucket("/trebol.v1.ObjectService/ListParts", Action::kListUploads),
    OfBucket("/trebol.v1.ObjectService/ListMultipartUploads", Action::kListUploads),
    OfBucket("/trebol.v1.ObjectService/CompleteMultipartUpload", Action::kWrite),
    OfBucket("/trebol.v1.ObjectService/AbortMultipartUpload", Action::kWrite),

    // Each is a row of metadata: not for passers-by.
    WithKey("/trebol.v1.SessionService/OpenSession"),
    WithKey("/trebol.v1.SessionService/RenewSession"),
    WithKey("/trebol.v1.SessionService/CloseSession"),

    OfCluster("/trebol.v1.AccessService/CreateAccessKey", ClusterAction::kAdminister),
    OfCluster("/trebol.v1.AccessService/ImportAccessKey", ClusterAction::kAdminister),
    OfCluster("/trebol.v1.AccessService/ListAccessKeys", ClusterAction::kAdminister),
    OfCluster("/trebol.v1.AccessService/DeleteAccessKey", ClusterAction::kAdminister),
    OfBucket("/trebol.v1.AccessService/GetBucketAccess", Action::kReadAcl),
    OfBucket("/trebol.v1.AccessService/SetBucketAccess", Action::kConfigure),
    // A quota is set for owners, not by them.
    OfCluster("/trebol.v1.AccessService/SetBucketQuota", ClusterAction::kAdminister),

    // Whether the cluster is well is everybody's affair who uses it.
    WithKey("/trebol.v1.AdminService/GetClusterStatus"),
    OfCluster("/trebol.v1.AdminService/PlanNodeChange", ClusterAction::kAdminister),
    OfCluster("/trebol.v1.AdminService/ApplyNodeChange", ClusterAction::kAdminister),
    OfCluster("/trebol.v1.AdminService/ListJobs", ClusterAction::kAdminister),
    OfCluster("/trebol.v1.AdminService/ChangeJob", ClusterAction::kAdminister),
    // Names nodes and asks them all: not for passers-by, even where they may read.
    {.method = "/trebol.v1.AdminService/ExplainObject",
     .signed_only = true,
     .cluster = {},
     .bucket = Action::kRead,
     .source = {}},
};

}  // namespace

absl::Span<const MethodAccess> AllMethodAccess() { return kAll; }

const MethodAccess* FindMethodAccess(absl::string_view method) {
  static const auto* const by_method = [] {
    auto* map = new absl::flat_hash_map<absl::string_view, const MethodAccess*>;
    for (const MethodAccess& each : kAll) map->emplace(each.method, &each);
    return map;
  }();
  const auto found = by_method->find(method);
  return found == by_method->end() ? nullptr : found->second;
}

}  // namespace trebol
