#include "gateway/object/list_versions.h"

#include <string>
#include <utility>

#include "common/base/endian.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/object/version_ref.h"
#include "gateway/object/page_token.h"

namespace trebol {
namespace {

absl::Status Validate(const v1::ListObjectVersionsRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  RETURN_IF_ERROR(ValidateListingField("prefix", request.prefix()));
  RETURN_IF_ERROR(ValidateListingField("delimiter", request.delimiter()));
  RETURN_IF_ERROR(ValidateListingField("start_after", request.start_after()));
  if (request.start_after().empty() && !request.start_after_version().empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     "start_after_version needs start_after, the key that the version is of");
  }
  return ValidatePageSize(request.page_size());
}

// A place is an order and a key.
std::string PlaceOf(const v1::ReadVersionsResponse& page) {
  std::string place;
  AppendBigEndian64(page.next_after_order(), &place);
  return place + page.next_after();
}

}  // namespace

Task<v1::ListObjectVersionsResponse> ListVersions::Run(RequestContextPtr context,
                                                       v1::ListObjectVersionsRequest request) {
  CO_RETURN_IF_ERROR(Validate(request));
  const uint32_t listing =
      ListingOf({"versions", request.bucket(), request.prefix(), request.delimiter(),
                 request.start_after(), request.start_after_version()});
  v1::ReadVersionsRequest read;
  read.set_bucket(request.bucket());
  read.set_prefix(request.prefix());
  read.set_delimiter(request.delimiter());
  read.set_after(request.start_after());
  if (!request.page_token().empty()) {
    CO_ASSIGN_OR_RETURN(const std::string place, ReadPageToken(listing, request.page_token()));
    if (place.size() < 8 || !ValidateListingField("place", place.substr(8)).ok()) {
      co_return InvalidPageToken();
    }
    read.set_after_order(LoadBigEndian64(place.data()));
    read.set_after(place.substr(8));
  } else if (!request.start_after_version().empty()) {
    CO_ASSIGN_OR_RETURN(const v1::VersionRef version, ParseVersion(request.start_after_version()));
    if (version.null_version()) {
      // Where it is among the others, only its row says.
      v1::LookupObjectRequest lookup;
      lookup.set_bucket(request.bucket());
      lookup.set_key(request.start_after());
      *lookup.mutable_version() = version;
      CO_ASSIGN_OR_RETURN(const v1::LookupObjectResponse found,
                          co_await metadata_->LookupObject(context, lookup));
      read.set_after_order(found.object().order());
    } else {
      read.set_after_order(version.order());
    }
  }
  read.set_limit(request.page_size() == 0 ? kDefaultPageSize : request.page_size());
  CO_ASSIGN_OR_RETURN(v1::ReadVersionsResponse page,
                      co_await metadata_->ReadVersions(std::move(context), std::move(read)));
  v1::ListObjectVersionsResponse response = std::move(*page.mutable_page());
  if (page.more()) response.set_next_page_token(MakePageToken(listing, PlaceOf(page)));
  co_return response;
}

}  // namespace trebol
