#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/garbage.h"

namespace trebol::catalog {

absl::StatusOr<v1::Outcome> FinishGarbage(Transaction& rows,
                                          const v1::FinishGarbageCommand& command,
                                          const ApplyContext& context) {
  for (const v1::FinishGarbageCommand::Entry& entry : command.entries()) {
    RETURN_IF_ERROR(garbage::Remove(rows, LogIndex(entry.index()), VersionIdOf(entry.version())));
  }
  return v1::Outcome();
}

}  // namespace trebol::catalog
