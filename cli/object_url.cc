#include "cli/object_url.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/human.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

absl::Status BadUrl(absl::string_view text, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("'", Printable(text), "' ", what));
}

}  // namespace

std::string ObjectUrl::ToString() const {
  return absl::StrCat(kUrlScheme, bucket, key.empty() && !ends_in_slash ? "" : "/", key);
}

bool LooksLikeUrl(absl::string_view text) {
  // "trebol:/b" and "s3://b" are mistakes to explain, not paths to create.
  const size_t colon = text.find("://");
  return absl::StartsWith(text, "trebol:") ||
         (colon != absl::string_view::npos &&
          text.substr(0, colon).find('/') == absl::string_view::npos);
}

absl::StatusOr<ObjectUrl> ParseUrl(absl::string_view text) {
  if (absl::StartsWith(text, "s3://")) {
    return BadUrl(
        text, absl::StrCat("has the scheme of S3; write ", kUrlScheme, Printable(text.substr(5))));
  }
  if (!absl::StartsWith(text, kUrlScheme)) {
    return BadUrl(text, "is not a URL; write trebol://BUCKET/KEY");
  }
  const absl::string_view rest = text.substr(kUrlScheme.size());
  const size_t slash = rest.find('/');
  ObjectUrl url;
  url.bucket = std::string(rest.substr(0, slash));
  if (slash != absl::string_view::npos) {
    url.key = std::string(rest.substr(slash + 1));
    url.ends_in_slash = rest.back() == '/';
  }
  if (url.bucket.empty()) return BadUrl(text, "names no bucket; write trebol://BUCKET/KEY");
  RETURN_IF_ERROR(ValidateBucketName(url.bucket));
  if (!url.key.empty()) RETURN_IF_ERROR(ValidateObjectKey(url.key));
  return url;
}

absl::StatusOr<ObjectUrl> ParseBucketUrl(absl::string_view text) {
  if (ValidateBucketName(text).ok()) {
    return BadUrl(text, absl::StrCat("is not a URL; write ", kUrlScheme, text));
  }
  ASSIGN_OR_RETURN(ObjectUrl url, ParseUrl(text));
  if (url.key.empty()) return url;
  return BadUrl(text,
                absl::StrCat("names an object; this is about a bucket: ", kUrlScheme, url.bucket));
}

absl::StatusOr<ObjectUrl> ParseKeyUrl(absl::string_view text) {
  ASSIGN_OR_RETURN(ObjectUrl url, ParseUrl(text));
  if (!url.key.empty()) return url;
  return BadUrl(text, absl::StrCat("names a bucket; this is about an object: ", kUrlScheme,
                                   url.bucket, "/KEY"));
}

}  // namespace trebol::cli
