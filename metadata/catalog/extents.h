#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

/// Bytes while something refers to them, with the number of references: those of a version, or of
/// an upload, whose parts have extents of their own.
namespace trebol::catalog::extents {

/// Whose bytes a manifest names.
VersionId DataOf(const v1::Manifest& manifest);

/// One more reference to the manifest's bytes, which may be the first.
absl::Status AddReference(Transaction& rows, const v1::Manifest& manifest);

/// Takes one reference away; the last makes the bytes garbage at this entry of the log. `kind` says
/// whether a reader may have found them; of an upload that ends here one may have.
absl::Status Release(Transaction& rows, const VersionId& data, GarbageKind kind,
                     const ApplyContext& context);

absl::StatusOr<bool> Contains(const RowReader& rows, const VersionId& data);

/// How many chunks `size` bytes make.
uint64_t ChunkCount(uint64_t size, uint32_t chunk_size);

}  // namespace trebol::catalog::extents
