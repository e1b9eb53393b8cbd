#include <algorithm>

#include "common/base/planted.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {

absl::StatusOr<ReadersHorizon> ReadReadersHorizon(const RowReader& rows, GarbageKind kind) {
  ASSIGN_OR_RETURN(const v1::LogPosition head, ReadHead(rows));
  ReadersHorizon readers;
  readers.horizon = LogIndex(head.index());
  if (kind == GarbageKind::kUnseen || Planted("collector.ignore_horizon")) return readers;
  ASSIGN_OR_RETURN(const auto sessions, ReadOpenSessions(rows));
  for (const SessionInfo& session : sessions) {
    // Clients read through gateways, whose sessions speak for them.
    if (session.row.kind() != v1::OpenSessionCommand::GATEWAY) continue;
    readers.horizon = std::min(readers.horizon, LogIndex(session.row.horizon()));
    if (Planted("collector.ignore_pins")) continue;
    for (const v1::VersionId& pin : session.row.pins()) readers.pinned.insert(VersionIdOf(pin));
  }
  return readers;
}

absl::StatusOr<std::vector<v1::GarbageRow>> ReadGarbage(const RowReader& rows, GarbageKind kind,
                                                        GarbagePlace after, LogIndex horizon,
                                                        size_t limit) {
  std::vector<v1::GarbageRow> garbage;
  absl::Status decoded;
  const std::string last = row_keys::Garbage(kind, after.made_at, after.version);
  const std::string to = row_keys::Garbage(kind, LogIndex(horizon.value + 1), VersionId());
  RETURN_IF_ERROR(rows.Scan(last, to, [&](absl::string_view key, absl::string_view value) {
    if (key == last) return ScanStep::Next();
    if (garbage.size() == limit) return ScanStep::Stop();
    decoded = DecodeRow(key, value, &garbage.emplace_back());
    return decoded.ok() ? ScanStep::Next() : ScanStep::Stop();
  }));
  RETURN_IF_ERROR(decoded);
  return garbage;
}

}  // namespace trebol::catalog
