#include "common/base/status_macros.h"
#include "common/object/access_names.h"
#include "metadata/catalog/access_keys.h"
#include "metadata/catalog/reads.h"

namespace trebol::catalog {

absl::StatusOr<v1::LookupAccessKeyResponse> LookupAccessKey(
    const RowReader& rows, const v1::LookupAccessKeyRequest& request) {
  RETURN_IF_ERROR(ValidateAccessKeyId(request.id()));
  ASSIGN_OR_RETURN(auto key, access_keys::Find(rows, request.id()));
  if (!key.has_value()) return access_keys::Unknown(request.id());
  v1::LookupAccessKeyResponse response;
  *response.mutable_key() = *std::move(key);
  ASSIGN_OR_RETURN(*response.mutable_head(), ReadHead(rows));
  return response;
}

}  // namespace trebol::catalog
