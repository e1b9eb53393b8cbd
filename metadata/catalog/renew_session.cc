#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/garbage.h"
#include "metadata/catalog/sessions.h"
#include "metadata/catalog/watermark.h"
#include "metadata/state/row_keys.h"

namespace trebol::catalog {
namespace {

// Numbers that were open under `before` and are no more under `after`, below the new mark.
std::vector<uint64_t> Passed(const Watermark& before, const Watermark& after) {
  std::vector<uint64_t> passed;
  for (const uint64_t number : before.open) {
    if (!after.IsOpen(number)) passed.push_back(number);
  }
  for (uint64_t number = before.below; number < after.below; ++number) {
    if (!after.IsOpen(number)) passed.push_back(number);
  }
  return passed;
}

// Rows of decided numbers that the renewal passed are no longer needed. Returns those without one.
absl::StatusOr<std::vector<uint64_t>> ForgetPassed(Transaction& rows, Table table,
                                                   SessionId session, const Watermark& before,
                                                   const Watermark& after) {
  const std::vector<uint64_t> passed = Passed(before, after);
  std::vector<uint64_t> without;
  if (passed.empty()) return without;
  // One scan instead of a lookup for each: nearly all of them have a row.
  std::vector<std::string> found;
  const KeyRange range = row_keys::NumbersOf(table, session, passed.front(), passed.back() + 1);
  size_t next = 0;
  RETURN_IF_ERROR(rows.Scan(range.from, range.to, [&](absl::string_view key, absl::string_view) {
    const uint64_t number = row_keys::LastNumberOf(key);
    while (next < passed.size() && passed[next] < number) without.push_back(passed[next++]);
    if (next == passed.size()) return ScanStep::Stop();
    if (passed[next] == number) {
      found.emplace_back(key);
      ++next;
    }
    return ScanStep::Next();
  }));
  without.insert(without.end(), passed.begin() + static_cast<std::ptrdiff_t>(next), passed.end());
  for (const std::string& key : found) {
    RETURN_IF_ERROR(rows.Delete(key));
  }
  return without;
}

absl::Status AdvanceSequences(Transaction& rows, SessionId session,
                              const v1::RenewSessionCommand& command, v1::SessionRow* row,
                              const ApplyContext& context) {
  const Watermark before = sessions::SequencesOf(*row);
  const Watermark after = Advance(before, command.decided_below(), command.open());
  ASSIGN_OR_RETURN(const auto undecided,
                   ForgetPassed(rows, Table::kSequence, session, before, after));
  for (const uint64_t sequence : undecided) {
    // Neither decided nor listed: ABANDONED from here on. What was written of it, nobody said.
    RETURN_IF_ERROR(
        garbage::AddUnknown(rows, VersionId{context.generation, session, sequence}, context));
  }
  row->set_decided_below(after.below);
  row->mutable_open()->Assign(after.open.begin(), after.open.end());
  return absl::OkStatus();
}

absl::Status AdvanceOperations(Transaction& rows, SessionId session,
                               const v1::RenewSessionCommand& command, v1::SessionRow* row) {
  const Watermark before = sessions::OperationsOf(*row);
  const Watermark after = Advance(before, command.operations_below(), command.open_operations());
  ASSIGN_OR_RETURN(const auto undecided,
                   ForgetPassed(rows, Table::kOperation, session, before, after));
  row->set_operations_below(after.below);
  row->mutable_open_operations()->Assign(after.open.begin(), after.open.end());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Outcome> RenewSession(Transaction& rows, const v1::RenewSessionCommand& command,
                                         const ApplyContext& context) {
  const SessionId session(command.session());
  ASSIGN_OR_RETURN(v1::SessionRow row, sessions::RequireOpen(rows, session));
  if (command.of_client() && row.kind() != v1::OpenSessionCommand::CLIENT) {
    return sessions::NotAClients(session);
  }
  if (command.number() <= row.number()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::STALE_RENEWAL,
                     absl::StrCat("renewal ", command.number(), " of session ", ToString(session),
                                  " comes after renewal ", row.number(),
                                  " and changes nothing; number the next one higher"));
  }
  if (command.horizon() >= context.index.value) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
        absl::StrCat("the horizon ", command.horizon(), " of session ", ToString(session),
                     " is beyond the log, whose head is ", context.index.value - 1));
  }
  RETURN_IF_ERROR(AdvanceSequences(rows, session, command, &row, context));
  RETURN_IF_ERROR(AdvanceOperations(rows, session, command, &row));
  row.set_number(command.number());
  // What an earlier renewal allowed to be collected cannot be taken back.
  row.set_horizon(std::max(row.horizon(), command.horizon()));
  *row.mutable_pins() = command.pins();
  RETURN_IF_ERROR(sessions::Save(rows, session, row));
  RETURN_IF_ERROR(sessions::DropOldOutcomes(rows, context));
  return v1::Outcome();
}

}  // namespace trebol::catalog
