#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Versions and uploads as clients name them: opaque strings to them, places of rows to us. Pure.

/// How clients name this version of its key.
std::string VersionString(const v1::ObjectRow& row);

/// The version that a client names: "null", or what VersionString gave. INVALID_VERSION for what it
/// never gives.
absl::StatusOr<v1::VersionRef> ParseVersion(absl::string_view version);

/// True if `row` is the version that `ref` names, null versions included.
bool Names(const v1::VersionRef& ref, const v1::ObjectRow& row);

/// The upload that a client names by ToString(VersionId). UPLOAD_NOT_FOUND for another form.
absl::StatusOr<VersionId> ParseUploadId(absl::string_view upload_id);

}  // namespace trebol
