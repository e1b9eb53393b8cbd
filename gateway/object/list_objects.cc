#include "gateway/object/list_objects.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/endian.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol {
namespace {

constexpr char kTokenFormat = '1';

/// What a token must agree with.
uint32_t ListingOf(const v1::ListObjectsRequest& request) {
  return Crc32c(absl::StrCat(request.bucket(), "\n", request.prefix().size(), "\n",
                             request.prefix(), request.delimiter(), "\n", request.start_after()));
}

std::string MakeToken(const v1::ListObjectsRequest& request, absl::string_view after) {
  std::string raw(1, kTokenFormat);
  AppendBigEndian32(ListingOf(request), &raw);
  absl::StrAppend(&raw, after);
  return absl::WebSafeBase64Escape(raw);
}

absl::StatusOr<std::string> ReadToken(const v1::ListObjectsRequest& request) {
  std::string raw;
  if (request.page_token().size() > 2 * kMaxKeySize ||
      !absl::WebSafeBase64Unescape(request.page_token(), &raw) || raw.size() < 5 ||
      raw.front() != kTokenFormat || LoadBigEndian32(raw.data() + 1) != ListingOf(request) ||
      !IsValidUtf8(absl::string_view(raw).substr(5))) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_PAGE_TOKEN,
                     "the page token is not of this listing: repeat bucket, prefix, delimiter and "
                     "start_after as they were, and the token as it was given");
  }
  return raw.substr(5);
}

absl::Status Validate(const v1::ListObjectsRequest& request) {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket()));
  for (const auto& [name, value] :
       {std::pair<absl::string_view, absl::string_view>{"prefix", request.prefix()},
        {"delimiter", request.delimiter()},
        {"start_after", request.start_after()}}) {
    // No key contains a NUL; metadata ends keys with one, so it must not meet it here.
    if (value.size() > kMaxKeySize || !IsValidUtf8(value) || absl::StrContains(value, '\0')) {
      return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                       absl::StrCat("the ", name, " of a listing must be UTF-8 of at most ",
                                    kMaxKeySize, " bytes without a NUL"));
    }
  }
  if (request.page_size() > kMaxPageSize) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat("a page of ", request.page_size(), " was asked for; at most ",
                                  kMaxPageSize, " are given"));
  }
  return absl::OkStatus();
}

}  // namespace

ListObjects::ListObjects(std::shared_ptr<MetadataStub> metadata) : metadata_(std::move(metadata)) {}

Task<v1::ListObjectsResponse> ListObjects::Run(RequestContextPtr context,
                                               v1::ListObjectsRequest request) {
  CO_RETURN_IF_ERROR(Validate(request));
  v1::ReadPageRequest read;
  read.set_bucket(request.bucket());
  read.set_prefix(request.prefix());
  read.set_delimiter(request.delimiter());
  read.set_after(request.start_after());
  if (!request.page_token().empty()) {
    CO_ASSIGN_OR_RETURN(*read.mutable_after(), ReadToken(request));
  }
  read.set_limit(request.page_size() == 0 ? kDefaultPageSize : request.page_size());
  CO_ASSIGN_OR_RETURN(v1::ReadPageResponse page,
                      co_await metadata_->ReadPage(std::move(context), std::move(read)));
  v1::ListObjectsResponse response = std::move(*page.mutable_page());
  if (page.more()) response.set_next_page_token(MakeToken(request, page.next_after()));
  co_return response;
}

}  // namespace trebol
