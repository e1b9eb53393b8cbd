#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/object/cors_rules.h"
#include "common/object/tags.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// A grant of an access control list. A value.
struct AclGrant {
  enum class Grantee { kUser, kGroup };
  Grantee grantee = Grantee::kUser;
  std::string id;            // of a user, or the URI of a group
  std::string display_name;  // of a user
  std::string permission;    // FULL_CONTROL, READ, WRITE, READ_ACP or WRITE_ACP
};

/// An access control list. A value.
struct AccessControlList {
  std::string owner_id;
  std::string owner_display_name;
  std::vector<AclGrant> grants;
};

struct CreateBucketBody {
  std::string location;  // empty: unsaid
  Tags tags;
};

/// The groups of S3's access control lists.
inline constexpr absl::string_view kAllUsers = "http://acs.amazonaws.com/groups/global/AllUsers";
inline constexpr absl::string_view kAuthenticatedUsers =
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";

/// Bodies of requests about buckets, and access control lists. Pure, thread-safe. Errors are S3's:
/// MalformedXML as ReadXml; what we know and cannot do is NotImplemented, never passed over.

/// ENABLED or SUSPENDED. IllegalVersioningConfigurationException without a Status; NotImplemented
/// for MfaDelete, unless it is Disabled.
absl::StatusOr<v1::Bucket::Versioning> ReadVersioning(absl::string_view xml);

/// One rule at least, each with an origin and a method. INVALID_CORS as ValidateCorsRules.
absl::StatusOr<CorsRules> ReadCors(absl::string_view xml);

/// NotImplemented for the buckets of directories.
absl::StatusOr<CreateBucketBody> ReadCreateBucket(absl::string_view xml);

/// UnresolvableGrantByEmailAddress for a grantee named by address.
absl::StatusOr<AccessControlList> ReadAccessControlPolicy(absl::string_view xml);

}  // namespace trebol
