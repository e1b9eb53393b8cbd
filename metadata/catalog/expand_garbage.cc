#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/object/part_set.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/extents.h"
#include "metadata/catalog/garbage.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {
namespace {

// So many part rows make a transaction that others do not notice.
constexpr uint32_t kMostParts = 1'000;

absl::StatusOr<std::vector<v1::PartRow>> PartsAfter(const RowReader& rows, const VersionId& upload,
                                                    uint32_t after, size_t limit) {
  std::vector<v1::PartRow> parts;
  absl::Status decoded;
  const std::string from = row_keys::Part(upload, after + 1);
  const std::string to = row_keys::Part(upload, kMaxParts + 1);
  RETURN_IF_ERROR(rows.Scan(from, to, [&](absl::string_view key, absl::string_view value) {
    if (parts.size() == limit) return ScanStep::Stop();
    decoded = DecodeRow(key, value, &parts.emplace_back());
    if (!decoded.ok()) return ScanStep::Stop();
    parts.back().set_number(row_keys::PartNumberOf(key));
    return ScanStep::Next();
  }));
  RETURN_IF_ERROR(decoded);
  return parts;
}

}  // namespace

absl::StatusOr<v1::Outcome> ExpandGarbage(Transaction& rows,
                                          const v1::ExpandGarbageCommand& command,
                                          const ApplyContext& context) {
  const VersionId upload = VersionIdOf(command.upload());
  const LogIndex made_at(command.made_at());
  v1::Outcome outcome;
  v1::ExpandGarbageOutcome& result = *outcome.mutable_expand_garbage();
  ASSIGN_OR_RETURN(auto row, garbage::FindUpload(rows, made_at, upload));
  if (!row.has_value() || row->parts() == v1::GarbageRow::NO_PARTS) {
    result.set_done(true);
    return outcome;
  }
  const size_t limit = std::clamp<uint32_t>(command.limit(), 1, kMostParts);
  ASSIGN_OR_RETURN(const auto parts, PartsAfter(rows, upload, row->expanded(), limit));
  uint64_t bytes = 0;
  for (const v1::PartRow& part : parts) {
    const bool listed = HasPart(row->listed(), part.number());
    if (row->parts() == v1::GarbageRow::UNLISTED_PARTS && listed) continue;
    RETURN_IF_ERROR(rows.Delete(row_keys::Part(upload, part.number())));
    // Whoever may have read them through the upload has been waited for.
    RETURN_IF_ERROR(
        extents::Release(rows, extents::DataOf(part.manifest()), GarbageKind::kUnseen, context));
    bytes += part.manifest().size();
  }
  if (parts.size() < limit) {
    RETURN_IF_ERROR(garbage::Remove(rows, made_at, upload));
    result.set_done(true);
    return outcome;
  }
  RETURN_IF_ERROR(garbage::Expanded(rows, *std::move(row), parts.back().number(), bytes));
  return outcome;
}

}  // namespace trebol::catalog
