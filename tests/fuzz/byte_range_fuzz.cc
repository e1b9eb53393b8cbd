// The small texts of S3 requests: ranges, sources of copies, dates, targets, etags, tags. Each
// parser takes any text, and what it accepts means what it says.
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/check.h"
#include "common/base/names.h"
#include "gateway/s3/codec/byte_range.h"
#include "gateway/s3/codec/copy_source.h"
#include "gateway/s3/codec/header_parameters.h"
#include "gateway/s3/codec/http_dates.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/percent.h"
#include "gateway/s3/codec/preconditions_header.h"
#include "gateway/s3/codec/request_target.h"

namespace trebol {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

void CheckRanges(const std::string& text) {
  const RequestedRange requested = ParseRange(text);
  TREBOL_CHECK(!requested.range.has_value() || !requested.suffix_length.has_value());
  if (const auto range = ParseCopySourceRange(text); range.ok()) {
    const RequestedRange same = ParseRange(text);
    TREBOL_CHECK(same.range.has_value() && same.range->offset() == range->offset());
    TREBOL_CHECK(same.range->length() == range->length());
  }
  if (const auto number = ParsePartNumber(text); number.ok()) {
    TREBOL_CHECK(*number >= 1 && *number <= 10'000);
  }
}

void CheckNames(const std::string& text) {
  if (const auto source = ParseCopySource(text); source.ok()) {
    TREBOL_CHECK(!source->bucket.empty() && ValidateObjectKey(source->key).ok());
    std::string again =
        absl::StrCat(UrlEncodedKey(source->bucket), "/", UrlEncodedKey(source->key));
    if (!source->version.empty()) {
      absl::StrAppend(&again, "?versionId=", UrlEncodedKey(source->version));
    }
    const auto same = ParseCopySource(again);
    TREBOL_CHECK(same.ok() && same->bucket == source->bucket && same->key == source->key &&
                 same->version == source->version);
  }
  RequestHead head;
  const size_t question = text.find('?');
  head.path = text.substr(0, question);
  if (question != std::string::npos) head.query = text.substr(question + 1);
  head.headers = {{"host", text}, {"if-match", text}, {"if-none-match", text}};
  for (const char* host : {"b.example.com", "example.com", ""}) {
    head.headers[0].second = *host == '\0' ? text : host;
    if (const auto target = ParseRequestTarget(head, {"example.com"}); target.ok()) {
      TREBOL_CHECK(target->key.empty() || ValidateObjectKey(target->key).ok());
      TREBOL_CHECK(target->key.empty() || !target->bucket.empty());
    }
  }
  if (const auto read = ReadPreconditions(head, kNow); read.ok()) {
    TREBOL_CHECK(read->if_match_size() > 0 && read->if_none_match_size() > 0);
  }
}

void CheckDates(const std::string& text) {
  if (const auto time = ParseHttpDate(text, kNow)) {
    TREBOL_CHECK(ParseHttpDate(HttpDate(*time), kNow) == time);
  }
  if (const auto time = ParseIso(text)) {
    TREBOL_CHECK(ParseIso(IsoMillis(*time)) ==
                 absl::UnixEpoch() + absl::Floor(*time - absl::UnixEpoch(), absl::Milliseconds(1)));
  }
  (void)ParseIsoBasic(text).has_value();
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  trebol::CheckRanges(text);
  // Names in messages are UTF-8, as the parser of HTTP and operations have it.
  trebol::CheckNames(text);
  trebol::CheckDates(text);
  (void)trebol::ParseHeaderParameters(text).has_value();
  if (const auto tags = trebol::ParseTaggingHeader(text); tags.ok()) {
    for (const auto& tag : *tags) TREBOL_CHECK(trebol::IsValidUtf8(tag.value()));
  }
  return 0;
}
