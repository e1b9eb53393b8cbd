#include <utility>

#include "common/base/status_macros.h"
#include "metadata/catalog/reads.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<std::vector<SessionInfo>> ReadTable(const RowReader& rows, Table table) {
  std::vector<SessionInfo> sessions;
  absl::Status decoded;
  const KeyRange range = row_keys::All(table);
  RETURN_IF_ERROR(
      rows.Scan(range.from, range.to, [&](absl::string_view key, absl::string_view value) {
        SessionInfo session{SessionId(row_keys::LastNumberOf(key)), {}};
        decoded = DecodeRow(key, value, &session.row);
        if (!decoded.ok()) return ScanStep::Stop();
        sessions.push_back(std::move(session));
        return ScanStep::Next();
      }));
  RETURN_IF_ERROR(decoded);
  return sessions;
}

}  // namespace

absl::StatusOr<std::vector<SessionInfo>> ReadOpenSessions(const RowReader& rows) {
  return ReadTable(rows, Table::kSession);
}

absl::StatusOr<std::vector<SessionId>> ReadUnsettledSessions(const RowReader& rows) {
  ASSIGN_OR_RETURN(const auto closed, ReadTable(rows, Table::kClosedSession));
  std::vector<SessionId> unsettled;
  for (const SessionInfo& session : closed) {
    if (session.row.kind() == v1::OpenSessionCommand::GATEWAY && !session.row.settled()) {
      unsettled.push_back(session.id);
    }
  }
  return unsettled;
}

}  // namespace trebol::catalog
