#pragma once

#include "absl/status/statusor.h"
#include "common/http/request_head.h"
#include "gateway/s3/codec/request_target.h"

namespace trebol {

/// Presigned URLs have in their query what a signed request has in its headers: SDKs put every
/// x-amz-* header there. The same head with those parameters as headers, but for the ones of the
/// signature itself, which whoever checks it reads from the query. InvalidArgument for a value that
/// no header could have, and for one that says something else than a header of that name. Pure.
absl::StatusOr<RequestHead> WithQueryHeaders(const RequestHead& head, const QueryParameters& query);

}  // namespace trebol
