#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

/// The bytes of a version while something refers to them, with the number of references.
namespace trebol::catalog::extents {

absl::Status AddReference(Transaction& rows, const v1::Manifest& manifest);

/// Takes one reference away; the last makes the version garbage at this entry of the log.
absl::Status Release(Transaction& rows, const VersionId& version, const ApplyContext& context);

absl::StatusOr<bool> Contains(const RowReader& rows, const VersionId& version);

/// How many chunks `size` bytes make.
uint64_t ChunkCount(uint64_t size, uint32_t chunk_size);

}  // namespace trebol::catalog::extents
