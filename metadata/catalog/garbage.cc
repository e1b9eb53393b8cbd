#include "metadata/catalog/garbage.h"

#include <algorithm>
#include <optional>

#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::garbage {
namespace {

std::string KeyOf(const v1::GarbageIndexRow& index, const VersionId& version) {
  return row_keys::Garbage(index.unseen() ? GarbageKind::kUnseen : GarbageKind::kSeen,
                           LogIndex(index.made_at()), version);
}

absl::Status Add(Transaction& rows, GarbageKind kind, const VersionId& version, v1::GarbageRow row,
                 const ApplyContext& context) {
  v1::GarbageIndexRow index;
  index.set_made_at(context.index.value);
  index.set_unseen(kind == GarbageKind::kUnseen);
  *row.mutable_version() = ToProto(version);
  row.set_made_at(context.index.value);
  RETURN_IF_ERROR(PutRow(rows, KeyOf(index, version), row));
  RETURN_IF_ERROR(PutRow(rows, row_keys::GarbageIndex(version), index));
  return AddTotals(rows,
                   {.garbage_bytes = static_cast<int64_t>(row.bytes()), .garbage_versions = 1});
}

}  // namespace

absl::StatusOr<bool> Contains(const RowReader& rows, const VersionId& version) {
  ASSIGN_OR_RETURN(const auto index, rows.Get(row_keys::GarbageIndex(version)));
  return index.has_value();
}

absl::Status AddKnown(Transaction& rows, GarbageKind kind, const VersionId& version,
                      uint64_t chunks, uint64_t bytes, const ApplyContext& context) {
  if (chunks == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool known, Contains(rows, version));
  if (known) return absl::OkStatus();
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, GetCluster(rows));
  v1::GarbageRow row;
  row.set_chunks(chunks);
  row.set_bytes(bytes * cluster.constants().copies());
  return Add(rows, kind, version, std::move(row), context);
}

absl::Status AddUpload(Transaction& rows, GarbageKind kind, const VersionId& upload,
                       v1::GarbageRow::Parts parts, absl::string_view listed, uint64_t bytes,
                       const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto before,
                   GetRow<v1::GarbageIndexRow>(rows, row_keys::GarbageIndex(upload)));
  if (before.has_value()) {
    RETURN_IF_ERROR(Remove(rows, LogIndex(before->made_at()), upload));
  }
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, GetCluster(rows));
  v1::GarbageRow row;
  row.set_parts(parts);
  row.set_listed(std::string(listed));
  row.set_bytes(bytes * cluster.constants().copies());
  return Add(rows, kind, upload, std::move(row), context);
}

absl::StatusOr<std::optional<v1::GarbageRow>> FindUpload(const RowReader& rows, LogIndex made_at,
                                                         const VersionId& upload) {
  ASSIGN_OR_RETURN(const auto index,
                   GetRow<v1::GarbageIndexRow>(rows, row_keys::GarbageIndex(upload)));
  if (!index.has_value() || LogIndex(index->made_at()) != made_at) {
    return std::optional<v1::GarbageRow>();
  }
  return GetRow<v1::GarbageRow>(rows, KeyOf(*index, upload));
}

absl::Status Expanded(Transaction& rows, v1::GarbageRow row, uint32_t number, uint64_t bytes) {
  const VersionId upload = VersionIdOf(row.version());
  ASSIGN_OR_RETURN(const auto index,
                   GetRow<v1::GarbageIndexRow>(rows, row_keys::GarbageIndex(upload)));
  ASSIGN_OR_RETURN(const v1::ClusterRow cluster, GetCluster(rows));
  // Of an upload that was aborted, and of parts that were left over, nobody counted the bytes.
  const uint64_t moved = std::min(row.bytes(), bytes * cluster.constants().copies());
  row.set_bytes(row.bytes() - moved);
  row.set_expanded(number);
  RETURN_IF_ERROR(PutRow(rows, KeyOf(*index, upload), row));
  return AddTotals(rows, {.garbage_bytes = -static_cast<int64_t>(moved)});
}

absl::Status AddUnknown(Transaction& rows, const VersionId& version, const ApplyContext& context) {
  ASSIGN_OR_RETURN(const bool known, Contains(rows, version));
  if (known) return absl::OkStatus();
  v1::GarbageRow row;
  row.set_unknown_extent(true);
  return Add(rows, GarbageKind::kUnseen, version, std::move(row), context);
}

absl::Status AddOffered(Transaction& rows, const VersionId& version, NodeId node, uint64_t bytes,
                        const ApplyContext& context) {
  RETURN_IF_ERROR(AddUnknown(rows, version, context));
  ASSIGN_OR_RETURN(const auto index,
                   GetRow<v1::GarbageIndexRow>(rows, row_keys::GarbageIndex(version)));
  const std::string key = KeyOf(*index, version);
  ASSIGN_OR_RETURN(auto row, GetRow<v1::GarbageRow>(rows, key));
  if (!row->unknown_extent()) return absl::OkStatus();  // its bytes are counted
  const auto& offered = row->offered_by();
  if (std::find(offered.begin(), offered.end(), node.value) != offered.end()) {
    return absl::OkStatus();
  }
  row->add_offered_by(node.value);
  // What a node says, with a bound: the totals are sums of it.
  bytes = std::min(bytes, kMaxObjectSize);
  row->set_bytes(row->bytes() + bytes);
  RETURN_IF_ERROR(PutRow(rows, key, *row));
  return AddTotals(rows, {.garbage_bytes = static_cast<int64_t>(bytes)});
}

absl::Status Remove(Transaction& rows, LogIndex made_at, const VersionId& version) {
  ASSIGN_OR_RETURN(const auto index,
                   GetRow<v1::GarbageIndexRow>(rows, row_keys::GarbageIndex(version)));
  if (!index.has_value() || LogIndex(index->made_at()) != made_at) return absl::OkStatus();
  const std::string key = KeyOf(*index, version);
  ASSIGN_OR_RETURN(const auto row, GetRow<v1::GarbageRow>(rows, key));
  if (!row.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(rows.Delete(key));
  RETURN_IF_ERROR(rows.Delete(row_keys::GarbageIndex(version)));
  return AddTotals(rows,
                   {.garbage_bytes = -static_cast<int64_t>(row->bytes()), .garbage_versions = -1});
}

}  // namespace trebol::catalog::garbage
