#include "common/object/version_ref.h"

#include <cstdint>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"

namespace trebol {
namespace {

constexpr absl::string_view kNull = "null";

std::string Format(const v1::VersionRef& ref) {
  return absl::StrCat(ref.order(), "-", ToHex(ref.session()), "-", ref.sequence());
}

std::string Shown(absl::string_view text) { return absl::CHexEscape(text.substr(0, 100)); }

}  // namespace

std::string VersionString(const v1::ObjectRow& row) {
  const v1::VersionId& version = row.manifest().version();
  return absl::StrCat(row.order(), "-", ToHex(version.session()), "-", version.sequence());
}

absl::StatusOr<v1::VersionRef> ParseVersion(absl::string_view version) {
  v1::VersionRef ref;
  if (version == kNull) {
    ref.set_null_version(true);
    return ref;
  }
  const std::vector<absl::string_view> parts = absl::StrSplit(version.substr(0, 100), '-');
  uint64_t order = 0;
  uint64_t session = 0;
  uint64_t sequence = 0;
  if (parts.size() == 3 && absl::SimpleAtoi(parts[0], &order) &&
      absl::SimpleHexAtoi(parts[1], &session) && absl::SimpleAtoi(parts[2], &sequence)) {
    ref.set_order(order);
    ref.set_session(session);
    ref.set_sequence(sequence);
    if (Format(ref) == version) return ref;
  }
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_VERSION,
                   absl::StrCat("'", Shown(version),
                                "' is not a version id; take one from a listing of versions, or "
                                "\"null\""));
}

bool Names(const v1::VersionRef& ref, const v1::ObjectRow& row) {
  if (ref.null_version()) return !row.versioned();
  return ref.order() == row.order() && ref.session() == row.manifest().version().session() &&
         ref.sequence() == row.manifest().version().sequence();
}

absl::StatusOr<VersionId> ParseUploadId(absl::string_view upload_id) {
  const std::vector<absl::string_view> parts = absl::StrSplit(upload_id.substr(0, 100), '-');
  uint64_t generation = 0;
  uint64_t session = 0;
  uint64_t sequence = 0;
  if (parts.size() == 3 && absl::SimpleHexAtoi(parts[0], &generation) &&
      absl::SimpleHexAtoi(parts[1], &session) && absl::SimpleAtoi(parts[2], &sequence)) {
    const VersionId upload{Generation(generation), SessionId(session), sequence};
    if (ToString(upload) == upload_id) return upload;
  }
  return MakeError(absl::StatusCode::kNotFound, v1::UPLOAD_NOT_FOUND,
                   absl::StrCat("there is no multipart upload '", Shown(upload_id),
                                "'; list the unfinished ones, or create one"));
}

}  // namespace trebol
