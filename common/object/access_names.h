#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "trebol/v1/access.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// The user who may do everything. No grant and no command makes one; its key is set where metadata
/// is started.
inline constexpr absl::string_view kRootUser = "root";

/// 3 to 128 letters, digits, and any of "_-.@+": wide enough for keys made elsewhere, and without
/// what delimits an id in a signature. INVALID_ACCESS_KEY.
absl::Status ValidateAccessKeyId(absl::string_view id);

/// 8 to 128 printable ASCII characters without a space. The error does not repeat it.
absl::Status ValidateAccessKeySecret(absl::string_view secret);

/// 1 to 64 letters, digits, and any of "_-.@+". INVALID_ACCESS_KEY.
absl::Status ValidateUserName(absl::string_view user);

/// At most 128 bytes of UTF-8 without control characters.
absl::Status ValidateDisplayName(absl::string_view name);

/// Users that are named twice, and rights that do not exist: INVALID_ARGUMENT. Form of the users.
absl::Status ValidateGrants(const google::protobuf::RepeatedPtrField<v1::Grant>& grants);

/// The user whose bucket it is; root where none is named.
absl::string_view OwnerOf(const v1::BucketRow& bucket);

}  // namespace trebol
