#include "metadata/state/rows.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/error.h"

namespace trebol {

std::string EncodeRow(const google::protobuf::MessageLite& row) {
  std::string value(1, kRowFormat);
  TREBOL_CHECK(row.AppendToString(&value));
  return value;
}

absl::Status DecodeRow(absl::string_view key, absl::string_view value,
                       google::protobuf::MessageLite* row) {
  if (!value.empty() && value[0] != kRowFormat) {
    return MakeError(absl::StatusCode::kUnimplemented, v1::UNSUPPORTED_FORMAT,
                     absl::StrCat("the metadata row ", absl::BytesToHexString(key), " has format ",
                                  static_cast<int>(value[0]), "; this release reads format ",
                                  static_cast<int>(kRowFormat),
                                  ": start the release that wrote it, or a newer one"));
  }
  if (value.empty() || !row->ParseFromArray(value.data() + 1, static_cast<int>(value.size()) - 1)) {
    return MakeError(
        absl::StatusCode::kDataLoss, v1::STORE_FAILED,
        absl::StrCat("the metadata row ", absl::BytesToHexString(key), " (", row->GetTypeName(),
                     ") cannot be parsed: restore metadata from a backup"));
  }
  return absl::OkStatus();
}

}  // namespace trebol
