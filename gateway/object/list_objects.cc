#include "gateway/object/list_objects.h"

#include <string>
#include <utility>

#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "gateway/object/page_token.h"

namespace trebol {
namespace {

absl::Status Validate(const v1::ListObjectsRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  RETURN_IF_ERROR(ValidateListingField("prefix", request.prefix()));
  RETURN_IF_ERROR(ValidateListingField("delimiter", request.delimiter()));
  RETURN_IF_ERROR(ValidateListingField("start_after", request.start_after()));
  return ValidatePageSize(request.page_size());
}

}  // namespace

ListObjects::ListObjects(std::shared_ptr<MetadataStub> metadata) : metadata_(std::move(metadata)) {}

Task<Bytes> ListObjects::Run(RequestContextPtr context, v1::ListObjectsRequest request) {
  CO_RETURN_IF_ERROR(Validate(request));
  const uint32_t listing =
      ListingOf({request.bucket(), request.prefix(), request.delimiter(), request.start_after()});
  v1::ReadPageRequest read;
  read.set_bucket(request.bucket());
  read.set_prefix(request.prefix());
  read.set_delimiter(request.delimiter());
  read.set_after(request.start_after());
  if (!request.page_token().empty()) {
    CO_ASSIGN_OR_RETURN(*read.mutable_after(), ReadPageToken(listing, request.page_token()));
    if (!ValidateListingField("place", read.after()).ok()) co_return InvalidPageToken();
  }
  read.set_limit(request.page_size() == 0 ? kDefaultPageSize : request.page_size());
  CO_ASSIGN_OR_RETURN(ListedPage listed,
                      co_await metadata_->ReadPage(std::move(context), std::move(read)));
  if (listed.more) {
    // What follows an encoded message belongs to it.
    v1::ListObjectsResponse token;
    token.set_next_page_token(MakePageToken(listing, listed.next_after));
    listed.page.Append(token.SerializeAsString());
  }
  co_return std::move(listed.page);
}

}  // namespace trebol
