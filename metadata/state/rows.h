#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/status_macros.h"
#include "google/protobuf/message_lite.h"
#include "metadata/state/transaction.h"

namespace trebol {

/// A stored row is one byte of format and a message of rows.proto (docs/formats/metadata-rows.md).
inline constexpr char kRowFormat = 1;

std::string EncodeRow(const google::protobuf::MessageLite& row);

/// UNIMPLEMENTED (UNSUPPORTED_FORMAT) for a row of a newer release, DATA_LOSS for one that cannot
/// be parsed.
absl::Status DecodeRow(absl::string_view key, absl::string_view value,
                       google::protobuf::MessageLite* row);

/// nullopt if there is no such row.
template <typename Row>
absl::StatusOr<std::optional<Row>> GetRow(const RowReader& rows, absl::string_view key) {
  ASSIGN_OR_RETURN(const std::optional<std::string> value, rows.Get(key));
  if (!value.has_value()) return std::optional<Row>();
  Row row;
  RETURN_IF_ERROR(DecodeRow(key, *value, &row));
  return std::optional<Row>(std::move(row));
}

inline absl::Status PutRow(Transaction& rows, absl::string_view key,
                           const google::protobuf::MessageLite& row) {
  return rows.Put(key, EncodeRow(row));
}

}  // namespace trebol
