#include "metadata/catalog/access_keys.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::access_keys {

absl::StatusOr<std::optional<v1::AccessKeyRow>> Find(const RowReader& rows, absl::string_view id) {
  return GetRow<v1::AccessKeyRow>(rows, row_keys::AccessKey(id));
}

absl::Status Put(Transaction& rows, const v1::AccessKeyRow& key) {
  return PutRow(rows, row_keys::AccessKey(key.id()), key);
}

absl::Status Remove(Transaction& rows, absl::string_view id) {
  return rows.Delete(row_keys::AccessKey(id));
}

absl::StatusOr<std::optional<v1::AccessKeyRow>> FindRoot(const RowReader& rows) {
  ASSIGN_OR_RETURN(const auto root, GetRow<v1::RootKeyRow>(rows, row_keys::RootKey()));
  if (!root.has_value()) return std::optional<v1::AccessKeyRow>();
  return Find(rows, root->id());
}

absl::Status Unknown(absl::string_view id) {
  return MakeError(
      absl::StatusCode::kNotFound, v1::ACCESS_KEY_UNKNOWN,
      absl::StrCat("there is no key '", absl::CHexEscape(id.substr(0, kMaxAccessKeyIdSize)),
                   "'; 'trebol key ls' lists those there are"));
}

}  // namespace trebol::catalog::access_keys
