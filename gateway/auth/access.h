#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Who sends a request, once its signature was found right or it came without one. A value.
struct Caller {
  enum class Kind { kAnonymous, kUser, kRoot };

  Kind kind = Kind::kAnonymous;
  std::string user;          // empty: anonymous
  std::string display_name;  // for people
  std::string key_id;        // for logs

  static Caller Of(const v1::AccessKeyRow& key);
};

/// What is asked of a bucket or of what is in it.
enum class Action {
  kVisit,              // whether it is there, and where (HeadBucket, GetBucketLocation)
  kList,               // objects and versions
  kRead,               // objects, their attributes and tags, of any version
  kWrite,              // objects, tags, parts; complete and abort uploads
  kDelete,             // objects and versions
  kListUploads,        // unfinished uploads and their parts
  kReadConfiguration,  // versioning, tags, quota and cross-origin rules
  kReadAcl,            // who may do what
  kConfigure,          // everything that the bucket carries, who may do what too
  kDeleteBucket,
};

/// What is asked of the whole cluster.
enum class ClusterAction {
  kListBuckets,   // those that IsListed says
  kCreateBucket,  // which is the caller's then
  kAdminister,    // keys, nodes, jobs
};

/// For tables and tests.
inline constexpr int kActions = static_cast<int>(Action::kDeleteBucket) + 1;
absl::string_view ActionName(Action action);

/// OK, or PERMISSION_DENIED (ACCESS_DENIED) with the name of the action, the bucket and the remedy.
/// Root and the owner of the bucket may do everything; others what a grant says; everybody what
/// anonymous access says. What is not allowed here is denied. Pure.
absl::Status Allowed(const Caller& caller, const v1::BucketRow& bucket, Action action);

/// Whether a list of buckets shows this one to the caller: who owns it, who was granted something,
/// and root. Not who may use it only because anybody may. Pure.
bool IsListed(const Caller& caller, const v1::BucketRow& bucket);

/// A user may create buckets; only root administers. Pure.
absl::Status Allowed(const Caller& caller, ClusterAction action);

}  // namespace trebol
