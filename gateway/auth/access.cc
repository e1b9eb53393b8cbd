#include "gateway/auth/access.h"

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/object/access_names.h"

namespace trebol {
namespace {

/// A set of actions.
using Rights = uint32_t;

constexpr Rights Of(Action action) { return Rights{1} << static_cast<int>(action); }

// Who may write may delete: a put replaces as well as a delete takes away. What a writer has begun
// it must be able to find and to end.
constexpr Rights kNothing = 0;
constexpr Rights kReader = Of(Action::kVisit) | Of(Action::kList) | Of(Action::kRead);
constexpr Rights kWriter =
    Of(Action::kVisit) | Of(Action::kWrite) | Of(Action::kDelete) | Of(Action::kListUploads);
constexpr Rights kEverything = (Rights{1} << kActions) - 1;

// Clients of a user look before they work; passers-by need not know what a bucket is set to.
constexpr Rights kKnown = Of(Action::kReadConfiguration);

Rights GrantedRights(v1::Grant::Right right) {
  switch (right) {
    case v1::Grant::READ:
      return kReader | kKnown;
    case v1::Grant::WRITE:
      return kWriter | kKnown;
    case v1::Grant::READ_WRITE:
      return kReader | kWriter | kKnown;
    case v1::Grant::OWNER:
      return kEverything;
    default:
      return kNothing;
  }
}

Rights AnonymousRights(v1::BucketAccess::Anonymous anonymous) {
  switch (anonymous) {
    case v1::BucketAccess::READ:
      return kReader;
    case v1::BucketAccess::UPLOAD:
      return kWriter;
    case v1::BucketAccess::READ_WRITE:
      return kReader | kWriter;
    default:
      return kNothing;
  }
}

/// What the caller may because of who it is.
Rights OwnRights(const Caller& caller, const v1::BucketRow& bucket) {
  if (caller.kind == Caller::Kind::kRoot) return kEverything;
  if (caller.kind != Caller::Kind::kUser || caller.user.empty()) return kNothing;
  if (caller.user == OwnerOf(bucket)) return kEverything;
  Rights rights = kNothing;
  for (const v1::Grant& grant : bucket.grants()) {
    if (grant.user() == caller.user) rights |= GrantedRights(grant.right());
  }
  return rights;
}

std::string Who(const Caller& caller) {
  return caller.kind == Caller::Kind::kAnonymous ? "a request without a signature"
                                                 : absl::StrCat("the user '", caller.user, "'");
}

absl::Status Denied(absl::string_view message) {
  return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED, message);
}

}  // namespace

Caller Caller::Of(const v1::AccessKeyRow& key) {
  return {.kind = key.root() ? Kind::kRoot : Kind::kUser,
          .user = key.user(),
          .display_name = key.display_name().empty() ? key.user() : key.display_name(),
          .key_id = key.id()};
}

absl::string_view ActionName(Action action) {
  switch (action) {
    case Action::kVisit:
      return "see";
    case Action::kList:
      return "list the objects of";
    case Action::kRead:
      return "read objects of";
    case Action::kWrite:
      return "put objects into";
    case Action::kDelete:
      return "delete objects of";
    case Action::kListUploads:
      return "list the unfinished uploads of";
    case Action::kReadConfiguration:
      return "read the configuration of";
    case Action::kReadAcl:
      return "read who may use";
    case Action::kConfigure:
      return "configure";
    case Action::kDeleteBucket:
      return "delete";
  }
  return "do this to";
}

absl::Status Allowed(const Caller& caller, const v1::BucketRow& bucket, Action action) {
  const Rights rights = OwnRights(caller, bucket) | AnonymousRights(bucket.anonymous());
  if ((rights & Of(action)) != 0) return absl::OkStatus();
  return Denied(absl::StrCat(
      Who(caller), " may not ", ActionName(action), " the bucket '", bucket.name(), "'; ",
      caller.kind == Caller::Kind::kAnonymous
          ? "sign it with a key, or let the owner of the bucket allow anonymous access"
          : "its owner can grant that"));
}

bool IsListed(const Caller& caller, const v1::BucketRow& bucket) {
  return (OwnRights(caller, bucket) & Of(Action::kVisit)) != 0;
}

absl::Status Allowed(const Caller& caller, ClusterAction action) {
  if (caller.kind == Caller::Kind::kRoot) return absl::OkStatus();
  const bool user = caller.kind == Caller::Kind::kUser && !caller.user.empty();
  switch (action) {
    case ClusterAction::kListBuckets:
      if (user) return absl::OkStatus();
      return Denied(absl::StrCat(Who(caller), " may not list the buckets; sign it with a key"));
    case ClusterAction::kCreateBucket:
      if (user) return absl::OkStatus();
      return Denied(absl::StrCat(Who(caller), " may not create buckets; sign it with a key"));
    case ClusterAction::kAdminister:
      break;
  }
  return Denied(absl::StrCat(Who(caller), " may not administer the cluster; use the key of root"));
}

}  // namespace trebol
