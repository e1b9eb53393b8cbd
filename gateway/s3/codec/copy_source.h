#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol {

/// What x-amz-copy-source names. A value.
struct CopySource {
  std::string bucket;
  std::string key;
  std::string version;  // empty: the latest
};

/// "/bucket/key?versionId=x" with or without the first '/', percent-encoded; '+' stays '+'. A '?'
/// in a key is %3F where "versionId=" follows it. InvalidArgument for another form, for an access
/// point's ARN, and for a key that cannot be; InvalidURI for a malformed escape. Pure.
absl::StatusOr<CopySource> ParseCopySource(absl::string_view text);

}  // namespace trebol
