#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/object/access_names.h"
#include "metadata/catalog/access_keys.h"
#include "metadata/catalog/commands.h"
#include "metadata/catalog/operations.h"

namespace trebol::catalog {
namespace {

absl::StatusOr<v1::Outcome> Delete(Transaction& rows, const std::string& id) {
  ASSIGN_OR_RETURN(const auto key, access_keys::Find(rows, id));
  if (!key.has_value()) return operations::Failure(access_keys::Unknown(id));
  if (key->root()) {
    return operations::Failure(
        MakeError(absl::StatusCode::kFailedPrecondition, v1::CHANGE_REFUSED,
                  absl::StrCat("the key '", id,
                               "' is root's; start metadata with another pair to replace it")));
  }
  RETURN_IF_ERROR(access_keys::Remove(rows, id));
  v1::Outcome outcome;
  *outcome.mutable_access_key() = *key;
  outcome.mutable_access_key()->clear_secret();
  return outcome;
}

}  // namespace

absl::StatusOr<v1::Outcome> DeleteAccessKey(Transaction& rows,
                                            const v1::DeleteAccessKeyCommand& command,
                                            const ApplyContext&) {
  RETURN_IF_ERROR(ValidateAccessKeyId(command.id()));
  return operations::Once(rows, command.operation(), v1::Outcome::kAccessKey,
                          [&] { return Delete(rows, command.id()); });
}

}  // namespace trebol::catalog
