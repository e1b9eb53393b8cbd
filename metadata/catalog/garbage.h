#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/ids.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

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

/// An upload, whose parts become garbage of their own later (ExpandGarbage): all of them, or those
/// that `listed` does not name. `bytes` are those of one copy, as far as they are known. Takes the
/// place of what was to be done of the same upload before.
absl::Status AddUpload(Transaction& rows, GarbageKind kind, const VersionId& upload,
                       v1::GarbageRow::Parts parts, absl::string_view listed, uint64_t bytes,
                       const ApplyContext& context);

/// The upload's row, if that made at this index is still there.
absl::StatusOr<std::optional<v1::GarbageRow>> FindUpload(const RowReader& rows, LogIndex made_at,
                                                         const VersionId& upload);

/// Parts up to `number` of the upload, `bytes` of one copy, are garbage of their own now.
absl::Status Expanded(Transaction& rows, v1::GarbageRow row, uint32_t number, uint64_t bytes);

/// `node` holds `bytes` of the garbage version.
absl::Status AddOffered(Transaction& rows, const VersionId& version, NodeId node, uint64_t bytes,
                        const ApplyContext& context);

absl::StatusOr<bool> Contains(const RowReader& rows, const VersionId& version);

/// No node holds any of it now. Repeats do nothing.
absl::Status Remove(Transaction& rows, LogIndex made_at, const VersionId& version);

}  // namespace trebol::catalog::garbage
