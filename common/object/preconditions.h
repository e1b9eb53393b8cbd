#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "trebol/v1/object.pb.h"
#include "trebol/v1/rows.pb.h"

namespace trebol {

/// Conditional requests, as HTTP orders them (RFC 9110, section 13.2.2) and S3 reads them. Pure.

/// Of a call that changes what `key` names; `current` is what it names now, null if nothing.
/// PRECONDITION_FAILED; OBJECT_NOT_FOUND where an etag was to match and there is no object.
absl::Status CheckWrite(const v1::Preconditions& preconditions, const v1::ObjectRow* current,
                        absl::string_view key);

/// Of a call that reads `row`: NOT_MODIFIED or PRECONDITION_FAILED.
absl::Status CheckRead(const v1::Preconditions& preconditions, const v1::ObjectRow& row);

/// Of the source of a copy, whose failures are all PRECONDITION_FAILED.
absl::Status CheckCopySource(const v1::Preconditions& preconditions, const v1::ObjectRow& row);

/// INVALID_ARGUMENT for what no call may ask: times of a write, more etags than anybody needs.
absl::Status ValidateWritePreconditions(const v1::Preconditions& preconditions);
absl::Status ValidateReadPreconditions(const v1::Preconditions& preconditions);

}  // namespace trebol
