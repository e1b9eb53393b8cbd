#include "gateway/s3/door/list_handlers.h"

#include <algorithm>
#include <string>
#include <utility>

#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "gateway/object/page_token.h"
#include "gateway/s3/codec/list_answers.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr uint32_t kMostKeys = 1000;

std::string Parameter(const S3Request& request, absl::string_view name) {
  return std::string(request.target.query.Get(name));
}

/// What all listings ask. `most` is the name of their limit.
absl::StatusOr<ListingQuestion> ReadQuestion(const S3Request& request, absl::string_view most) {
  ListingQuestion question;
  question.bucket = request.target.bucket;
  question.prefix = Parameter(request, "prefix");
  question.delimiter = Parameter(request, "delimiter");
  ASSIGN_OR_RETURN(question.max_keys, NumberOf(request, most, kMostKeys, kMostKeys));
  ASSIGN_OR_RETURN(question.url_encoded, IsUrlEncoded(request));
  return question;
}

/// A page of keys after `after`, with what the next begins after; empty: the last page.
struct KeyPage {
  v1::ListObjectsResponse page;
  std::string next_after;
};
Task<KeyPage> ListKeys(S3RequestPtr request, ListingQuestion question, std::string after) {
  KeyPage listed;
  if (question.max_keys == 0) co_return listed;
  v1::ListObjectsRequest list;
  list.set_bucket(question.bucket);
  list.set_prefix(question.prefix);
  list.set_delimiter(question.delimiter);
  list.set_start_after(std::move(after));
  list.set_page_size(question.max_keys);
  CO_ASSIGN_OR_RETURN(const Bytes encoded,
                      co_await request->operations().list->Run(request->context, list));
  CO_RETURN_IF_ERROR(Decode(encoded, &listed.page));
  const v1::ListObjectsResponse& page = listed.page;
  if (page.next_page_token().empty()) co_return listed;
  // The last of the page: listings go on behind a key, and behind all keys of a common prefix.
  if (!page.objects().empty()) listed.next_after = page.objects().rbegin()->key();
  if (!page.common_prefixes().empty()) {
    listed.next_after = std::max(listed.next_after, *page.common_prefixes().rbegin());
  }
  co_return listed;
}

/// Where a listing of versions or uploads goes on: behind a key or prefix, or within a key.
struct Place {
  std::string key;
  std::string id;
};

/// `last_key` and its id are those of the last entry; a common prefix may come after it.
Place PlaceAfter(std::string last_key, std::string last_id,
                 const google::protobuf::RepeatedPtrField<std::string>& prefixes) {
  if (prefixes.empty() || *prefixes.rbegin() < last_key) {
    return {std::move(last_key), std::move(last_id)};
  }
  return {*prefixes.rbegin(), ""};
}

}  // namespace

Task<void> ServeListObjects(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(ListingQuestion question, ReadQuestion(*request, "max-keys"));
  question.marker = Parameter(*request, "marker");
  CO_ASSIGN_OR_RETURN(const KeyPage listed, co_await ListKeys(request, question, question.marker));
  co_return co_await request->Send(
      XmlAnswer(ListObjectsXml(question, listed.page, BucketOwner(*request), listed.next_after)));
}

Task<void> ServeListObjectsV2(S3RequestPtr request) {
  if (Parameter(*request, "list-type") != "2") {
    co_return S3Only(400, "InvalidArgument", "list-type is 2, or is left out");
  }
  CO_ASSIGN_OR_RETURN(ListingQuestion question, ReadQuestion(*request, "max-keys"));
  question.start_after = Parameter(*request, "start-after");
  question.continuation_token = Parameter(*request, "continuation-token");
  question.has_continuation_token = request->target.query.Has("continuation-token");
  question.fetch_owner = Parameter(*request, "fetch-owner") == "true";
  const uint32_t listing = ListingOf({"S3", question.bucket, question.prefix, question.delimiter});
  std::string after = question.start_after;
  if (!question.continuation_token.empty()) {
    const auto place = ReadPageToken(listing, question.continuation_token);
    if (!place.ok()) {
      co_return S3Only(400, "InvalidArgument",
                       "the continuation token provided is incorrect: repeat the request as it "
                       "was, and the token as it was given");
    }
    after = *place;
  }
  CO_ASSIGN_OR_RETURN(const KeyPage listed, co_await ListKeys(request, question, after));
  const std::string token =
      listed.next_after.empty() ? "" : MakePageToken(listing, listed.next_after);
  co_return co_await request->Send(
      XmlAnswer(ListObjectsV2Xml(question, listed.page, BucketOwner(*request), token)));
}

Task<void> ServeListObjectVersions(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(ListingQuestion question, ReadQuestion(*request, "max-keys"));
  question.marker = Parameter(*request, "key-marker");
  question.id_marker = Parameter(*request, "version-id-marker");
  if (question.marker.empty() && !question.id_marker.empty()) {
    co_return S3Only(400, "InvalidArgument",
                     "a version-id marker cannot be specified without a key marker");
  }
  v1::ListObjectVersionsResponse page;
  if (question.max_keys > 0) {
    v1::ListObjectVersionsRequest list;
    list.set_bucket(question.bucket);
    list.set_prefix(question.prefix);
    list.set_delimiter(question.delimiter);
    list.set_start_after(question.marker);
    list.set_start_after_version(question.id_marker);
    list.set_page_size(question.max_keys);
    CO_ASSIGN_OR_RETURN(page, co_await request->operations().versions->Run(request->context, list));
  }
  Place next;
  if (!page.next_page_token().empty()) {
    const auto& versions = page.versions();
    // Never "null", which another put may make another place.
    next = versions.empty() ? PlaceAfter("", "", page.common_prefixes())
                            : PlaceAfter(versions.rbegin()->key(), versions.rbegin()->version(),
                                         page.common_prefixes());
  }
  co_return co_await request->Send(
      XmlAnswer(ListVersionsXml(question, page, BucketOwner(*request), next.key, next.id)));
}

Task<void> ServeListMultipartUploads(S3RequestPtr request) {
  CO_ASSIGN_OR_RETURN(ListingQuestion question, ReadQuestion(*request, "max-uploads"));
  question.marker = Parameter(*request, "key-marker");
  // As in S3, of no meaning without a key.
  if (!question.marker.empty()) question.id_marker = Parameter(*request, "upload-id-marker");
  v1::ListMultipartUploadsResponse page;
  if (question.max_keys > 0) {
    v1::ListMultipartUploadsRequest list;
    list.set_bucket(question.bucket);
    list.set_prefix(question.prefix);
    list.set_delimiter(question.delimiter);
    list.set_start_after(question.marker);
    list.set_start_after_upload_id(question.id_marker);
    list.set_page_size(question.max_keys);
    auto listed = co_await request->operations().uploads->Run(request->context, list);
    if (ReasonOf(listed.status()) == v1::UPLOAD_NOT_FOUND) {
      co_return S3Only(400, "InvalidArgument", "upload-id-marker is not the id of an upload");
    }
    CO_RETURN_IF_ERROR(listed.status());
    page = *std::move(listed);
  }
  Place next;
  if (!page.next_page_token().empty()) {
    const auto& uploads = page.uploads();
    next = uploads.empty() ? PlaceAfter("", "", page.common_prefixes())
                           : PlaceAfter(uploads.rbegin()->key(), uploads.rbegin()->upload_id(),
                                        page.common_prefixes());
  }
  co_return co_await request->Send(
      XmlAnswer(ListMultipartUploadsXml(question, page, BucketOwner(*request), next.key, next.id)));
}

}  // namespace trebol
