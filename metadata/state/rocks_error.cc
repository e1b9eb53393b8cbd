#include "metadata/state/rocks_error.h"

#include "absl/strings/str_cat.h"
#include "common/base/error.h"

namespace trebol {

absl::Status FromRocksDb(absl::string_view doing, const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kUnavailable, v1::STORE_FAILED,
                   absl::StrCat("the metadata store failed while ", doing, ": ", status.ToString(),
                                "; see to the disk, then restart metadata"));
}

}  // namespace trebol
