#include "metadata/catalog/extents.h"

#include "common/base/check.h"
#include "common/base/planted.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/garbage.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::extents {

VersionId DataOf(const v1::Manifest& manifest) {
  return VersionIdOf(manifest.has_data() ? manifest.data() : manifest.version());
}

absl::Status AddReference(Transaction& rows, const v1::Manifest& manifest) {
  const std::string key = row_keys::Extent(DataOf(manifest));
  ASSIGN_OR_RETURN(auto extent, GetRow<v1::ExtentRow>(rows, key));
  // What was given up or collected never comes back: only its own commit makes an extent.
  TREBOL_CHECK(extent.has_value() || !manifest.has_data());
  v1::ExtentRow row = extent.value_or(v1::ExtentRow());
  row.set_references(row.references() + 1);
  row.set_size(manifest.size());
  row.set_chunk_size(manifest.chunk_size());
  row.set_upload(!manifest.parts().empty());
  return PutRow(rows, key, row);
}

absl::Status Release(Transaction& rows, const VersionId& data, GarbageKind kind,
                     const ApplyContext& context) {
  const std::string key = row_keys::Extent(data);
  ASSIGN_OR_RETURN(auto row, GetRow<v1::ExtentRow>(rows, key));
  TREBOL_CHECK(row.has_value() && row->references() > 0);
  if (row->references() > 1) {
    row->set_references(row->references() - 1);
    return PutRow(rows, key, *row);
  }
  RETURN_IF_ERROR(rows.Delete(key));
  if (Planted("catalog.replaced_is_unseen")) kind = GarbageKind::kUnseen;
  if (row->upload()) {
    RETURN_IF_ERROR(rows.Delete(row_keys::CompletedUpload(data)));
    return garbage::AddUpload(rows, kind, data, v1::GarbageRow::ALL_PARTS, "", row->size(),
                              context);
  }
  return garbage::AddKnown(rows, kind, data, ChunkCount(row->size(), row->chunk_size()),
                           row->size(), context);
}

absl::StatusOr<bool> Contains(const RowReader& rows, const VersionId& data) {
  ASSIGN_OR_RETURN(const auto row, rows.Get(row_keys::Extent(data)));
  return row.has_value();
}

uint64_t ChunkCount(uint64_t size, uint32_t chunk_size) {
  TREBOL_CHECK(chunk_size > 0);
  return size / chunk_size + (size % chunk_size != 0 ? 1 : 0);
}

}  // namespace trebol::catalog::extents
