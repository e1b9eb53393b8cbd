#include "metadata/catalog/sessions.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::catalog::sessions {
namespace {

constexpr size_t kDroppedPerCall = 256;

// Deletes up to `budget` rows of a range; true when none is left.
absl::StatusOr<bool> DeleteSome(Transaction& rows, const KeyRange& range, size_t* budget) {
  std::vector<std::string> keys;
  bool complete = true;
  RETURN_IF_ERROR(rows.Scan(range.from, range.to, [&](absl::string_view key, absl::string_view) {
    if (keys.size() == *budget) {
      complete = false;
      return ScanStep::Stop();
    }
    keys.emplace_back(key);
    return ScanStep::Next();
  }));
  for (const std::string& key : keys) {
    RETURN_IF_ERROR(rows.Delete(key));
  }
  *budget -= keys.size();
  return complete;
}

absl::Status Forget(Transaction& rows, SessionId session) {
  ASSIGN_OR_RETURN(auto row, Find(rows, session));
  if (!row.has_value()) return absl::OkStatus();
  if (row->kind() == v1::OpenSessionCommand::CLIENT) {
    return rows.Delete(row_keys::ClosedSession(session));
  }
  row->clear_open();
  row->clear_open_operations();
  row->clear_pins();
  return Save(rows, session, *row);
}

}  // namespace

absl::StatusOr<std::optional<v1::SessionRow>> Find(const RowReader& rows, SessionId session) {
  ASSIGN_OR_RETURN(auto open, GetRow<v1::SessionRow>(rows, row_keys::Session(session)));
  if (open.has_value()) return open;
  return GetRow<v1::SessionRow>(rows, row_keys::ClosedSession(session));
}

absl::StatusOr<v1::SessionRow> RequireOpen(const RowReader& rows, SessionId session) {
  ASSIGN_OR_RETURN(auto row, Find(rows, session));
  if (!row.has_value()) return UnknownError(session);
  if (row->closed()) return ClosedError(session);
  return *std::move(row);
}

absl::Status Save(Transaction& rows, SessionId session, const v1::SessionRow& row) {
  return PutRow(rows, row.closed() ? row_keys::ClosedSession(session) : row_keys::Session(session),
                row);
}

absl::Status Close(Transaction& rows, SessionId session, v1::SessionRow row,
                   const ApplyContext& context) {
  RETURN_IF_ERROR(rows.Delete(row_keys::Session(session)));
  row.set_closed(true);
  row.set_closed_us(context.time_us);
  RETURN_IF_ERROR(
      PutRow(rows, row_keys::RetiredSession(context.time_us, session), v1::RetiredSessionRow()));
  return Save(rows, session, row);
}

Watermark SequencesOf(const v1::SessionRow& row) {
  return {row.decided_below(), {row.open().begin(), row.open().end()}};
}

Watermark OperationsOf(const v1::SessionRow& row) {
  return {row.operations_below(), {row.open_operations().begin(), row.open_operations().end()}};
}

absl::Status DropOldOutcomes(Transaction& rows, const ApplyContext& context) {
  std::string oldest;
  const KeyRange retired = row_keys::All(Table::kRetiredSession);
  RETURN_IF_ERROR(
      rows.Scan(retired.from, retired.to, [&](absl::string_view key, absl::string_view) {
        oldest = std::string(key);
        return ScanStep::Stop();
      }));
  const uint64_t retention_us = absl::ToInt64Microseconds(kOutcomeRetention);
  if (oldest.empty()) return absl::OkStatus();
  const SessionId session(row_keys::LastNumberOf(oldest));
  ASSIGN_OR_RETURN(auto row, Find(rows, session));
  if (row.has_value()) {
    if (row->closed_us() + retention_us > context.time_us) return absl::OkStatus();
    if (!row->outcomes_dropped()) {
      // Before the first outcome goes: a repeat of any of them is UNKNOWN from now on.
      row->set_outcomes_dropped(true);
      RETURN_IF_ERROR(Save(rows, session, *row));
    }
  }
  size_t budget = kDroppedPerCall;
  for (const Table table : {Table::kOperation, Table::kSequence}) {
    ASSIGN_OR_RETURN(const bool complete,
                     DeleteSome(rows, row_keys::AllNumbersOf(table, session), &budget));
    if (!complete) return absl::OkStatus();
  }
  RETURN_IF_ERROR(Forget(rows, session));
  return rows.Delete(oldest);
}

absl::Status UnknownError(SessionId session) {
  return MakeError(absl::StatusCode::kFailedPrecondition, v1::SESSION_UNKNOWN,
                   absl::StrCat("session ", ToString(session),
                                " was never opened in this cluster; open one and repeat the call "
                                "with a new version"),
                   ToString(session));
}

absl::Status ClosedError(SessionId session) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, v1::SESSION_CLOSED,
      absl::StrCat("session ", ToString(session),
                   " is closed (its owner stopped, or did not renew it for ",
                   absl::FormatDuration(kSessionTerm), "); open a new one and repeat the call"),
      ToString(session));
}

absl::Status NotAClients(SessionId session) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat("session ", ToString(session),
                                " is not one that a client opened; open one (OpenSession)"));
}

}  // namespace trebol::catalog::sessions
