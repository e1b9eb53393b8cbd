#include "gateway/object/list_uploads.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/ids.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/object/object_info.h"
#include "common/object/version_ref.h"
#include "gateway/object/page_token.h"

namespace trebol {
namespace {

absl::Status Validate(const v1::ListMultipartUploadsRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  RETURN_IF_ERROR(ValidateListingField("prefix", request.prefix()));
  RETURN_IF_ERROR(ValidateListingField("delimiter", request.delimiter()));
  RETURN_IF_ERROR(ValidateListingField("start_after", request.start_after()));
  if (request.start_after().empty() && !request.start_after_upload_id().empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     "start_after_upload_id needs start_after, the key that the upload is of");
  }
  return ValidatePageSize(request.page_size());
}

// A place is an upload, which may be none, and a key.
std::string PlaceOf(const v1::ReadUploadsResponse& page) {
  std::string place;
  AppendVersionId(VersionIdOf(page.next_after_upload()), &place);
  return place + page.next_after();
}

}  // namespace

Task<v1::ListMultipartUploadsResponse> ListUploads::Run(RequestContextPtr context,
                                                        v1::ListMultipartUploadsRequest request) {
  CO_RETURN_IF_ERROR(Validate(request));
  const uint32_t listing =
      ListingOf({"uploads", request.bucket(), request.prefix(), request.delimiter(),
                 request.start_after(), request.start_after_upload_id()});
  v1::ReadUploadsRequest read;
  read.set_bucket(request.bucket());
  read.set_prefix(request.prefix());
  read.set_delimiter(request.delimiter());
  read.set_after(request.start_after());
  VersionId after_upload;
  if (!request.page_token().empty()) {
    CO_ASSIGN_OR_RETURN(const std::string place, ReadPageToken(listing, request.page_token()));
    if (place.size() < kVersionIdSize ||
        !ValidateListingField("place", place.substr(kVersionIdSize)).ok()) {
      co_return InvalidPageToken();
    }
    after_upload = DecodeVersionId(place.substr(0, kVersionIdSize));
    read.set_after(place.substr(kVersionIdSize));
  } else if (!request.start_after_upload_id().empty()) {
    CO_ASSIGN_OR_RETURN(after_upload, ParseUploadId(request.start_after_upload_id()));
  }
  if (after_upload != VersionId()) *read.mutable_after_upload() = ToProto(after_upload);
  read.set_limit(request.page_size() == 0 ? kDefaultPageSize : request.page_size());
  CO_ASSIGN_OR_RETURN(v1::ReadUploadsResponse page,
                      co_await metadata_->ReadUploads(std::move(context), std::move(read)));
  v1::ListMultipartUploadsResponse response;
  for (const v1::UploadRow& row : page.uploads()) {
    *response.add_uploads() = ToMultipartUpload(request.bucket(), row);
  }
  *response.mutable_common_prefixes() = std::move(*page.mutable_common_prefixes());
  if (page.more()) response.set_next_page_token(MakePageToken(listing, PlaceOf(page)));
  co_return response;
}

Task<v1::ListPartsResponse> ListUploads::Parts(RequestContextPtr context,
                                               v1::ListPartsRequest request) {
  CO_RETURN_IF_ERROR(ValidatePageSize(request.page_size()));
  CO_ASSIGN_OR_RETURN(const VersionId id, ParseUploadId(request.upload_id()));
  v1::LookupUploadRequest lookup;
  lookup.set_bucket(request.bucket());
  lookup.set_key(request.key());
  *lookup.mutable_upload() = ToProto(id);
  CO_ASSIGN_OR_RETURN(const v1::LookupUploadResponse found,
                      co_await metadata_->LookupUpload(context, lookup));
  if (!found.has_upload()) {
    co_return MakeError(
        absl::StatusCode::kNotFound, v1::UPLOAD_NOT_FOUND,
        absl::StrCat("the multipart upload ", request.upload_id(), " was completed"));
  }
  v1::ReadPartsRequest read;
  *read.mutable_upload() = lookup.upload();
  read.set_after(request.start_after());
  read.set_limit(request.page_size() == 0 ? kDefaultPageSize : request.page_size());
  CO_ASSIGN_OR_RETURN(const v1::ReadPartsResponse page,
                      co_await metadata_->ReadParts(std::move(context), std::move(read)));
  v1::ListPartsResponse response;
  *response.mutable_upload() = ToMultipartUpload(request.bucket(), found.upload());
  for (const v1::PartRow& part : page.parts()) *response.add_parts() = ToPartInfo(part);
  if (page.more()) response.set_next_start_after(page.parts().rbegin()->number());
  co_return response;
}

}  // namespace trebol
