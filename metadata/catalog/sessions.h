#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "metadata/catalog/watermark.h"
#include "metadata/state/apply_context.h"
#include "metadata/state/transaction.h"
#include "trebol/v1/rows.pb.h"

/// Licences to write. A row is in one of two tables, open or closed, so that who only asks for the
/// open ones never reads those of years.
namespace trebol::catalog::sessions {

/// Open or closed; nullopt if this cluster never opened it, or has forgotten it.
absl::StatusOr<std::optional<v1::SessionRow>> Find(const RowReader& rows, SessionId session);

/// SESSION_UNKNOWN or SESSION_CLOSED.
absl::StatusOr<v1::SessionRow> RequireOpen(const RowReader& rows, SessionId session);

absl::Status Save(Transaction& rows, SessionId session, const v1::SessionRow& row);

/// Moves an open session to the closed ones. Its undecided sequences are ABANDONED from here on.
absl::Status Close(Transaction& rows, SessionId session, v1::SessionRow row,
                   const ApplyContext& context);

Watermark SequencesOf(const v1::SessionRow& row);
Watermark OperationsOf(const v1::SessionRow& row);

/// Deletes a bounded number of outcomes and decisions of sessions that closed more than
/// kOutcomeRetention before. Called with every change of a session, so it keeps pace. A closed
/// gateway session itself stays for ever (some 60 bytes): it makes late offers of its versions
/// garbage.
absl::Status DropOldOutcomes(Transaction& rows, const ApplyContext& context);

/// SESSION_UNKNOWN, SESSION_CLOSED: the session's id in hexadecimal digits is attached.
absl::Status UnknownError(SessionId session);
absl::Status ClosedError(SessionId session);
/// INVALID_ARGUMENT: ids of gateways' sessions are known to everybody who sees an etag, so what
/// clients ask for is done in sessions of clients only.
absl::Status NotAClients(SessionId session);

}  // namespace trebol::catalog::sessions
