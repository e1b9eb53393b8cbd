#include "client/internal/messages.h"

#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <optional>

namespace trebol::client {
namespace {

absl::Time FromMessage(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

google::protobuf::Timestamp ToMessage(absl::Time time) {
  google::protobuf::Timestamp message;
  const int64_t seconds = absl::ToUnixSeconds(time);
  message.set_seconds(seconds);
  message.set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return message;
}

Tags FromMessage(const google::protobuf::RepeatedPtrField<v1::Tag>& messages) {
  Tags tags;
  for (const v1::Tag& tag : messages) tags[tag.key()] = tag.value();
  return tags;
}

std::vector<Checksum> FromMessage(
    const google::protobuf::RepeatedPtrField<v1::Checksum>& messages) {
  std::vector<Checksum> checksums;
  for (const v1::Checksum& message : messages) {
    checksums.push_back({.algorithm = static_cast<ChecksumAlgorithm>(message.algorithm()),
                         .value = message.value(),
                         .composite = message.composite()});
  }
  return checksums;
}

ResponseHeaders FromMessage(const v1::ResponseHeaders& message) {
  return {.content_encoding = message.content_encoding(),
          .content_language = message.content_language(),
          .content_disposition = message.content_disposition(),
          .cache_control = message.cache_control(),
          .expires = message.expires()};
}

/// What the pages of all listings have, into a page whose entries are `entries`.
template <typename Messages, typename Entry, typename Message, typename Page>
void FillPage(const Messages& messages, std::vector<Entry>* entries, const Message& message,
              Page* page) {
  entries->reserve(messages.size());
  for (const auto& entry : messages) entries->push_back(client::FromMessage(entry));
  page->common_prefixes.assign(message.common_prefixes().begin(), message.common_prefixes().end());
  page->next_page_token = message.next_page_token();
}

/// What the requests of all listings have.
template <typename Message, typename Request>
Message FromListRequest(const Request& request) {
  Message message;
  message.set_bucket(request.bucket);
  message.set_prefix(request.prefix);
  message.set_delimiter(request.delimiter);
  message.set_start_after(request.start_after);
  message.set_page_token(request.page_token);
  message.set_page_size(request.page_size);
  return message;
}

}  // namespace

Bucket FromMessage(const v1::Bucket& message) {
  return {.name = message.name(),
          .created = FromMessage(message.created()),
          .versioning = static_cast<Versioning>(message.versioning()),
          .tags = FromMessage(message.tags())};
}

ObjectInfo FromMessage(const v1::ObjectInfo& message) {
  ObjectInfo info;
  info.bucket = message.bucket();
  info.key = message.key();
  info.size = message.size();
  info.etag = message.etag();
  info.last_modified = FromMessage(message.last_modified());
  info.content_type = message.content_type();
  info.user_metadata.insert(message.user_metadata().begin(), message.user_metadata().end());
  info.crc32c = message.crc32c();
  info.version = message.version();
  info.headers = FromMessage(message.headers());
  info.checksums = FromMessage(message.checksums());
  info.tags = FromMessage(message.tags());
  info.null_version = message.null_version();
  info.delete_marker = message.delete_marker();
  info.latest = message.latest();
  info.parts = message.parts();
  return info;
}

DeleteObjectResult FromMessage(const v1::DeleteObjectResponse& message) {
  return {.existed = message.existed(),
          .delete_marker = message.delete_marker(),
          .version = message.version()};
}

ListObjectsPage FromMessage(const v1::ListObjectsResponse& message) {
  ListObjectsPage page;
  FillPage(message.objects(), &page.objects, message, &page);
  return page;
}

ListObjectVersionsPage FromMessage(const v1::ListObjectVersionsResponse& message) {
  ListObjectVersionsPage page;
  FillPage(message.versions(), &page.versions, message, &page);
  return page;
}

MultipartUpload FromMessage(const v1::MultipartUpload& message) {
  MultipartUpload upload{.bucket = message.bucket(),
                         .key = message.key(),
                         .upload_id = message.upload_id(),
                         .initiated = FromMessage(message.initiated())};
  for (const int algorithm : message.checksums()) {
    upload.checksums.push_back(static_cast<ChecksumAlgorithm>(algorithm));
  }
  return upload;
}

PartInfo FromMessage(const v1::PartInfo& message) {
  return {.part_number = message.part_number(),
          .size = message.size(),
          .etag = message.etag(),
          .last_modified = FromMessage(message.last_modified()),
          .crc32c = message.crc32c(),
          .checksums = FromMessage(message.checksums())};
}

ListPartsPage FromMessage(const v1::ListPartsResponse& message) {
  ListPartsPage page{.upload = FromMessage(message.upload()),
                     .next_start_after = message.next_start_after()};
  for (const v1::PartInfo& part : message.parts()) page.parts.push_back(FromMessage(part));
  return page;
}

ListMultipartUploadsPage FromMessage(const v1::ListMultipartUploadsResponse& message) {
  ListMultipartUploadsPage page;
  FillPage(message.uploads(), &page.uploads, message, &page);
  return page;
}

v1::Preconditions ToMessage(const Preconditions& preconditions) {
  v1::Preconditions message;
  for (const std::string& etag : preconditions.if_match) message.add_if_match(etag);
  for (const std::string& etag : preconditions.if_none_match) message.add_if_none_match(etag);
  if (preconditions.if_modified_since) {
    *message.mutable_if_modified_since() = ToMessage(*preconditions.if_modified_since);
  }
  if (preconditions.if_unmodified_since) {
    *message.mutable_if_unmodified_since() = ToMessage(*preconditions.if_unmodified_since);
  }
  return message;
}

v1::ResponseHeaders ToMessage(const ResponseHeaders& headers) {
  v1::ResponseHeaders message;
  message.set_content_encoding(headers.content_encoding);
  message.set_content_language(headers.content_language);
  message.set_content_disposition(headers.content_disposition);
  message.set_cache_control(headers.cache_control);
  message.set_expires(headers.expires);
  return message;
}

v1::ListObjectsRequest ToMessage(const ListObjectsRequest& request) {
  return FromListRequest<v1::ListObjectsRequest>(request);
}

v1::ListObjectVersionsRequest ToMessage(const ListObjectVersionsRequest& request) {
  auto message = FromListRequest<v1::ListObjectVersionsRequest>(request);
  message.set_start_after_version(request.start_after_version);
  return message;
}

v1::ListMultipartUploadsRequest ToMessage(const ListMultipartUploadsRequest& request) {
  auto message = FromListRequest<v1::ListMultipartUploadsRequest>(request);
  message.set_start_after_upload_id(request.start_after_upload_id);
  return message;
}

void AddTags(const Tags& tags, google::protobuf::RepeatedPtrField<v1::Tag>* messages) {
  for (const auto& [key, value] : tags) {
    v1::Tag* message = messages->Add();
    message->set_key(key);
    message->set_value(value);
  }
}

void AddChecksums(const std::vector<Checksum>& checksums,
                  google::protobuf::RepeatedPtrField<v1::Checksum>* messages) {
  for (const Checksum& checksum : checksums) {
    v1::Checksum* message = messages->Add();
    message->set_algorithm(static_cast<v1::Checksum::Algorithm>(checksum.algorithm));
    message->set_value(checksum.value);
    message->set_composite(checksum.composite);
  }
}

bool IsEmpty(const Preconditions& preconditions) {
  return preconditions.if_match.empty() && preconditions.if_none_match.empty() &&
         !preconditions.if_modified_since && !preconditions.if_unmodified_since;
}

bool IsEmpty(const ResponseHeaders& headers) { return ToMessage(headers).ByteSizeLong() == 0; }

}  // namespace trebol::client
