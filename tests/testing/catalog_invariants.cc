#include "tests/testing/catalog_invariants.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/extents.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::testing {
namespace {

using catalog::extents::DataOf;

absl::Status Broken(absl::string_view what, absl::string_view row_key) {
  return absl::InternalError(absl::StrCat(what, ": row ", absl::BytesToHexString(row_key)));
}

/// The rows of a table, decoded, with their keys.
template <typename Row>
absl::StatusOr<std::map<std::string, Row>> RowsOf(const MemoryTransaction& rows, Table table) {
  std::map<std::string, Row> found;
  absl::Status decoded;
  const KeyRange range = row_keys::All(table);
  RETURN_IF_ERROR(
      rows.Scan(range.from, range.to, [&](absl::string_view key, absl::string_view value) {
        decoded = DecodeRow(key, value, &found[std::string(key)]);
        return decoded.ok() ? ScanStep::Next() : ScanStep::Stop();
      }));
  RETURN_IF_ERROR(decoded);
  return found;
}

// Counts what refers to bytes, and the totals.
class Census {
 public:
  explicit Census(const MemoryTransaction& rows) : rows_(rows) {}

  absl::Status Run() {
    RETURN_IF_ERROR(CountVersions());
    RETURN_IF_ERROR(CountParts());
    RETURN_IF_ERROR(CountGarbage());
    RETURN_IF_ERROR(CheckExtents());
    RETURN_IF_ERROR(CheckUsage());
    return CheckTotals();
  }

 private:
  absl::Status CountVersions() {
    ASSIGN_OR_RETURN(const auto objects, RowsOf<v1::ObjectRow>(rows_, Table::kObject));
    for (const auto& [key, row] : objects) {
      if (row.delete_marker()) return Broken("a delete marker among the objects", key);
      Refer(row);
      Usage& usage = usage_[row_keys::BucketOf(key).value];
      ++usage.objects;
      usage.bytes += row.manifest().size();
    }
    ASSIGN_OR_RETURN(const auto versions, RowsOf<v1::ObjectRow>(rows_, Table::kVersion));
    std::set<std::string> nulls;  // keys without their order
    for (const auto& [key, row] : versions) {
      if (!row.delete_marker()) Refer(row);
      Usage& usage = usage_[row_keys::BucketOf(key).value];
      ++usage.old_versions;
      usage.bytes += row.manifest().size();
      if (row.versioned()) continue;
      if (!nulls.insert(key.substr(0, key.size() - 8)).second) {
        return Broken("a key has two null versions", key);
      }
    }
    ASSIGN_OR_RETURN(const auto places, RowsOf<v1::NullVersionRow>(rows_, Table::kNullVersion));
    if (places.size() != nulls.size()) {
      return absl::InternalError(
          absl::StrCat(places.size(), " rows say where ", nulls.size(), " null versions are"));
    }
    objects_ = objects.size();
    old_versions_ = versions.size();
    return absl::OkStatus();
  }

  void Refer(const v1::ObjectRow& row) {
    ++references_[DataOf(row.manifest())];
    object_bytes_ += row.manifest().size();
  }

  absl::Status CountParts() {
    ASSIGN_OR_RETURN(const auto parts, RowsOf<v1::PartRow>(rows_, Table::kPart));
    for (const auto& [key, row] : parts) ++references_[DataOf(row.manifest())];
    ASSIGN_OR_RETURN(const auto uploads, RowsOf<v1::UploadRow>(rows_, Table::kUpload));
    for (const auto& [key, row] : uploads) {
      if (row.revision() == 0) return Broken("an upload without a revision", key);
    }
    uploads_ = uploads.size();
    return absl::OkStatus();
  }

  absl::Status CountGarbage() {
    ASSIGN_OR_RETURN(const auto index, RowsOf<v1::GarbageIndexRow>(rows_, Table::kGarbageIndex));
    for (const Table table : {Table::kGarbage, Table::kUnseenGarbage}) {
      ASSIGN_OR_RETURN(const auto garbage, RowsOf<v1::GarbageRow>(rows_, table));
      for (const auto& [key, row] : garbage) {
        const VersionId version = VersionIdOf(row.version());
        const auto place = index.find(row_keys::GarbageIndex(version));
        if (place == index.end() || place->second.made_at() != row.made_at() ||
            place->second.unseen() != (table == Table::kUnseenGarbage)) {
          return Broken("garbage that its index does not know", key);
        }
        ++garbage_versions_;
        garbage_bytes_ += row.bytes();
        // Of an upload whose left-over parts are garbage the others are in use.
        if (row.parts() != v1::GarbageRow::UNLISTED_PARTS && references_.contains(version)) {
          return Broken("what is referred to is garbage", key);
        }
      }
    }
    if (index.size() == garbage_versions_) return absl::OkStatus();
    return absl::InternalError(
        absl::StrCat(index.size(), " rows of the index for ", garbage_versions_, " of garbage"));
  }

  absl::Status CheckExtents() {
    ASSIGN_OR_RETURN(const auto extents, RowsOf<v1::ExtentRow>(rows_, Table::kExtent));
    for (const auto& [version, count] : references_) {
      const std::string key = row_keys::Extent(version);
      const auto extent = extents.find(key);
      if (extent == extents.end()) return Broken("bytes that are referred to have no extent", key);
      if (extent->second.references() != count) {
        return Broken(
            absl::StrCat("an extent with ", extent->second.references(), " references has ", count),
            key);
      }
    }
    if (extents.size() == references_.size()) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(extents.size(), " extents, of which ",
                                            references_.size(), " are referred to"));
  }

  absl::Status CheckUsage() const {
    ASSIGN_OR_RETURN(const auto rows, RowsOf<v1::BucketUsageRow>(rows_, Table::kBucketUsage));
    for (const auto& [bucket, usage] : usage_) {
      const std::string key = row_keys::BucketUsage(BucketId(bucket));
      const auto row = rows.find(key);
      if (row == rows.end()) return Broken("what a bucket holds is not counted", key);
      if (row->second.objects() != usage.objects || row->second.bytes() != usage.bytes ||
          row->second.old_versions() != usage.old_versions) {
        return Broken(absl::StrCat("counted are ", row->second.ShortDebugString(),
                                   " and there are ", usage.objects, " objects, ", usage.bytes,
                                   " bytes, ", usage.old_versions, " old versions"),
                      key);
      }
    }
    if (rows.size() == usage_.size()) return absl::OkStatus();
    return absl::InternalError(absl::StrCat(rows.size(), " rows say what ", usage_.size(),
                                            " buckets hold that are not empty"));
  }

  absl::Status CheckTotals() const {
    ASSIGN_OR_RETURN(const v1::ClusterRow totals, catalog::GetCluster(rows_));
    const std::map<std::string, std::pair<uint64_t, uint64_t>> compared = {
        {"objects", {totals.objects(), objects_}},
        {"object bytes", {totals.object_bytes(), object_bytes_}},
        {"old versions", {totals.old_versions(), old_versions_}},
        {"uploads", {totals.uploads(), uploads_}},
        {"garbage versions", {totals.garbage_versions(), garbage_versions_}},
        {"garbage bytes", {totals.garbage_bytes(), garbage_bytes_}}};
    for (const auto& [what, numbers] : compared) {
      if (numbers.first == numbers.second) continue;
      return absl::InternalError(absl::StrCat("the total of ", what, " is ", numbers.first,
                                              ", and there are ", numbers.second));
    }
    return absl::OkStatus();
  }

  struct Usage {
    uint64_t objects = 0;
    uint64_t bytes = 0;
    uint64_t old_versions = 0;
  };

  const MemoryTransaction& rows_;
  std::map<uint64_t, Usage> usage_;  // by bucket id
  std::map<VersionId, uint64_t> references_;
  uint64_t objects_ = 0;
  uint64_t object_bytes_ = 0;
  uint64_t old_versions_ = 0;
  uint64_t uploads_ = 0;
  uint64_t garbage_versions_ = 0;
  uint64_t garbage_bytes_ = 0;
};

}  // namespace

absl::Status CheckCatalog(const MemoryTransaction& rows) { return Census(rows).Run(); }

}  // namespace trebol::testing
