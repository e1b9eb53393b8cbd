#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/transaction.h"

/// Versions that nothing refers to and nothing can commit any more, until every node that may hold
/// chunks of them has acknowledged their deletion.
namespace trebol::catalog::garbage {

/// A version of `chunks` chunks and `bytes` bytes (of one copy), whose places can be computed.
/// Nothing is made of a version without chunks, nor of one that is garbage already. It is kSeen
/// unless no object ever named it.
absl::Status AddKnown(Transaction& rows, GarbageKind kind, const VersionId& version,
                      uint64_t chunks, uint64_t bytes, const ApplyContext& context);

/// A version of which nobody knows how much was written: every node will be asked. It is kUnseen:
/// what objects named has a known extent, and comes here again only when its readers have passed.
absl::Status AddUnknown(Transaction& rows, const VersionId& version, const ApplyContext& context);

/// `node` holds `bytes` of the garbage version.
absl::Status AddOffered(Transaction& rows, const VersionId& version, NodeId node, uint64_t bytes,
                        const ApplyContext& context);

absl::StatusOr<bool> Contains(const RowReader& rows, const VersionId& version);

/// No node holds any of it now. Repeats do nothing.
absl::Status Remove(Transaction& rows, LogIndex made_at, const VersionId& version);

}  // namespace trebol::catalog::garbage
