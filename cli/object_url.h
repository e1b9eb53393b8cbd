#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace trebol::cli {

/// trebol://BUCKET, trebol://BUCKET/ or trebol://BUCKET/KEY. A key is taken as it stands: nothing
/// is decoded, '?' and '#' are characters like others.
struct ObjectUrl {
  std::string bucket;
  std::string key;             // or prefix; empty for the bucket
  bool ends_in_slash = false;  // trebol://b/ and trebol://b/k/: what is in it, not the thing itself

  std::string ToString() const;
};

inline constexpr absl::string_view kUrlScheme = "trebol://";

/// Whether `text` is meant as a URL; it may still be a bad one.
bool LooksLikeUrl(absl::string_view text);

/// INVALID_ARGUMENT names what is wrong.
absl::StatusOr<ObjectUrl> ParseUrl(absl::string_view text);
/// The same for a verb that is about one bucket, or about one object.
absl::StatusOr<ObjectUrl> ParseBucketUrl(absl::string_view text);
absl::StatusOr<ObjectUrl> ParseKeyUrl(absl::string_view text);

}  // namespace trebol::cli
