#include "metadata/catalog/name_search.h"

#include <array>
#include <utility>

#include "common/base/status_macros.h"
#include "metadata/catalog/extents.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {
namespace {

// Parts first: they tell which uploads to look for.
constexpr std::array kTables = {Table::kPart, Table::kObject, Table::kVersion, Table::kUpload};

Table TableOf(absl::string_view key) { return static_cast<Table>(key[0]); }

}  // namespace

NameSearch::NameSearch(absl::Span<const VersionId> versions)
    : sought_(versions.begin(), versions.end()) {}

absl::StatusOr<bool> NameSearch::Step(const RowReader& rows, size_t limit) {
  size_t looked_at = 0;
  absl::Status visited;
  while (table_ < kTables.size() && !sought_.empty()) {
    const KeyRange range = row_keys::All(kTables[table_]);
    const std::string last = std::move(after_);
    after_.clear();
    RETURN_IF_ERROR(rows.Scan(last.empty() ? range.from : last, range.to,
                              [&](absl::string_view key, absl::string_view value) {
                                if (key == last) return ScanStep::Next();
                                visited = Visit(rows, key, value);
                                ++looked_at;
                                if (visited.ok() && looked_at < limit) return ScanStep::Next();
                                after_ = std::string(key);
                                return ScanStep::Stop();
                              }));
    RETURN_IF_ERROR(visited);
    if (looked_at >= limit && !after_.empty()) return sought_.empty();
    ++table_;
  }
  return true;
}

absl::Status NameSearch::Visit(const RowReader& rows, absl::string_view key,
                               absl::string_view value) {
  switch (TableOf(key)) {
    case Table::kPart: {
      v1::PartRow row;
      RETURN_IF_ERROR(DecodeRow(key, value, &row));
      const VersionId data = extents::DataOf(row.manifest());
      if (!sought_.contains(data)) return absl::OkStatus();
      parts_[row_keys::UploadOfPart(key)].push_back({data, row_keys::PartNumberOf(key)});
      return absl::OkStatus();
    }
    case Table::kUpload:
      return Found(rows, row_keys::UploadOf(key), key);
    default: {
      v1::ObjectRow row;
      RETURN_IF_ERROR(DecodeRow(key, value, &row));
      if (row.delete_marker()) return absl::OkStatus();
      return Found(rows, extents::DataOf(row.manifest()), key);
    }
  }
}

absl::Status NameSearch::Found(const RowReader& rows, const VersionId& data,
                               absl::string_view row_key) {
  const auto parts = parts_.find(data);
  if (parts == parts_.end() && !sought_.contains(data)) return absl::OkStatus();
  Name name;
  name.key = std::string(row_keys::NameOf(row_key));
  name.unfinished = TableOf(row_key) == Table::kUpload;
  ASSIGN_OR_RETURN(name.bucket, BucketName(rows, row_keys::BucketOf(row_key)));
  if (sought_.erase(data) > 0) names_[data] = name;
  if (parts == parts_.end()) return absl::OkStatus();
  for (const Part& part : parts->second) {
    name.part = part.number;
    names_[part.version] = name;
    sought_.erase(part.version);
  }
  parts_.erase(parts);
  return absl::OkStatus();
}

absl::StatusOr<std::string> NameSearch::BucketName(const RowReader& rows, BucketId bucket) const {
  std::string name;
  absl::Status decoded;
  const KeyRange range = row_keys::All(Table::kBucket);
  RETURN_IF_ERROR(
      rows.Scan(range.from, range.to, [&](absl::string_view key, absl::string_view value) {
        v1::BucketRow row;
        decoded = DecodeRow(key, value, &row);
        if (!decoded.ok()) return ScanStep::Stop();
        if (BucketId(row.id()) != bucket) return ScanStep::Next();
        name = row.name();
        return ScanStep::Stop();
      }));
  RETURN_IF_ERROR(decoded);
  return name;
}

}  // namespace trebol::catalog
