#include "gateway/s3/codec/copy_source.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "gateway/s3/codec/percent.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr absl::string_view kVersion = "?versionId=";

absl::Status Refuse(absl::string_view text) {
  return S3Only(400, "InvalidArgument",
                absl::StrCat("x-amz-copy-source '", absl::CHexEscape(text.substr(0, 200)),
                             "' must be of the form bucket/key or bucket/key?versionId=version, "
                             "percent-encoded"));
}

}  // namespace

absl::StatusOr<CopySource> ParseCopySource(absl::string_view text) {
  CopySource source;
  absl::string_view path = text;
  if (const size_t at = text.rfind(kVersion); at != absl::string_view::npos) {
    path = text.substr(0, at);
    ASSIGN_OR_RETURN(source.version,
                     PercentDecode(text.substr(at + kVersion.size()), Plus::kItself));
    if (source.version.empty()) return Refuse(text);
  }
  ASSIGN_OR_RETURN(const std::string decoded, PercentDecode(path, Plus::kItself));
  absl::string_view rest = decoded;
  absl::ConsumePrefix(&rest, "/");
  const size_t slash = rest.find('/');
  // Messages hold UTF-8.
  if (!IsValidUtf8(decoded) || !IsValidUtf8(source.version)) return Refuse(text);
  if (absl::StartsWith(rest, "arn:") || slash == absl::string_view::npos || slash == 0) {
    return Refuse(text);
  }
  source.bucket = std::string(rest.substr(0, slash));
  source.key = std::string(rest.substr(slash + 1));
  RETURN_IF_ERROR(ValidateObjectKey(source.key));
  return source;
}

}  // namespace trebol
