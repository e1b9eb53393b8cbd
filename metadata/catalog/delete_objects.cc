#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/buckets.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/deletes.h"
#include "metadata/catalog/operations.h"
#include "metadata/catalog/sessions.h"

namespace trebol::catalog {
namespace {

using Results = v1::DeleteObjectsOutcome;

absl::Status Validate(const v1::DeleteObjectsCommand& command) {
  for (const v1::DeleteObjectsCommand::Entry& entry : command.entries()) {
    RETURN_IF_ERROR(deletes::Validate(entry.key(), entry.preconditions()));
  }
  return absl::OkStatus();
}

// Only this command's results: the call's others were answered with theirs.
v1::Outcome ResultsOf(const v1::DeleteObjectsCommand& command, const Results& all) {
  v1::Outcome outcome;
  Results& results = *outcome.mutable_delete_objects();
  const auto first = static_cast<int>(command.first());
  for (int i = 0; i < command.entries_size(); ++i) *results.add_results() = all.results(first + i);
  return outcome;
}

absl::StatusOr<Results::Result> Delete(Transaction& rows, const v1::BucketRow& bucket,
                                       const v1::DeleteObjectsCommand::Entry& entry,
                                       const ApplyContext& context) {
  ASSIGN_OR_RETURN(
      v1::Outcome outcome,
      deletes::Delete(rows, bucket, entry.key(), entry.has_version() ? &entry.version() : nullptr,
                      entry.preconditions(), context));
  Results::Result result;
  if (outcome.has_error()) {
    *result.mutable_error() = std::move(*outcome.mutable_error());
  } else {
    *result.mutable_deleted() = std::move(*outcome.mutable_delete_object());
  }
  return result;
}

}  // namespace

absl::StatusOr<v1::Outcome> DeleteObjects(Transaction& rows,
                                          const v1::DeleteObjectsCommand& command,
                                          const ApplyContext& context) {
  RETURN_IF_ERROR(Validate(command));
  ASSIGN_OR_RETURN(auto kept,
                   operations::Kept(rows, command.operation(), v1::Outcome::kDeleteObjects));
  v1::Outcome all = std::move(kept).value_or(v1::Outcome());
  if (all.has_error()) return all;
  Results& results = *all.mutable_delete_objects();
  const uint64_t first = command.first();
  const auto entries = static_cast<uint64_t>(command.entries_size());
  const auto carried_out = static_cast<uint64_t>(results.results_size());
  if (carried_out >= first + entries && entries > 0) {
    return ResultsOf(command, results);  // a repeat
  }
  if (carried_out != first || entries == 0) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
        absl::StrCat("deletes from number ", first, " on were asked for, but ", carried_out,
                     " of this call were carried out; send its parts in order"));
  }
  // A later part was not decided with the first.
  RETURN_IF_ERROR(sessions::RequireOpen(rows, SessionId(command.operation().session())).status());
  ASSIGN_OR_RETURN(const auto bucket, buckets::FindChecked(rows, command.bucket(), context));
  if (!bucket.has_value()) {
    v1::Outcome failure = operations::Failure(buckets::NotFound(command.bucket()));
    // What earlier parts came to stays known.
    if (first == 0) {
      RETURN_IF_ERROR(operations::Keep(rows, command.operation(), failure));
    }
    return failure;
  }
  for (const v1::DeleteObjectsCommand::Entry& entry : command.entries()) {
    ASSIGN_OR_RETURN(*results.add_results(), Delete(rows, *bucket, entry, context));
  }
  RETURN_IF_ERROR(operations::Keep(rows, command.operation(), all));
  return ResultsOf(command, results);
}

}  // namespace trebol::catalog
