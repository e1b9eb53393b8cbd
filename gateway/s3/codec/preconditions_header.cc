#include "gateway/s3/codec/preconditions_header.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "gateway/s3/codec/http_dates.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using Etags = google::protobuf::RepeatedPtrField<std::string>;

enum class Compare { kStrongly, kWeakly };

// One element of a list, from the front of `text`, with the comma behind it. A quoted etag may
// contain commas.
std::string TakeEtag(absl::string_view* text, Compare compare) {
  absl::string_view rest = absl::StripLeadingAsciiWhitespace(*text);
  const bool weak = absl::StartsWith(rest, "W/\"");
  const size_t quote = weak ? 2 : 0;
  std::string etag;
  size_t end = absl::string_view::npos;
  if (absl::StartsWith(rest.substr(quote), "\"")) end = rest.find('"', quote + 1);
  if (end != absl::string_view::npos) {
    const bool whole = weak && compare == Compare::kStrongly;
    etag = std::string(whole ? rest.substr(0, end + 1) : rest.substr(quote + 1, end - quote - 1));
    rest.remove_prefix(end + 1);
    rest.remove_prefix(std::min(rest.find(','), rest.size()));
  } else {
    const size_t comma = std::min(rest.find(','), rest.size());
    etag = std::string(absl::StripTrailingAsciiWhitespace(rest.substr(0, comma)));
    rest.remove_prefix(comma);
  }
  if (!rest.empty()) rest.remove_prefix(1);
  *text = rest;
  return etag;
}

absl::Status ReadEtags(const RequestHead& head, const std::string& name, Compare compare,
                       Etags* etags) {
  for (const auto& [key, value] : head.headers) {
    if (key != name) continue;
    absl::string_view rest = value;
    while (!rest.empty()) {
      std::string etag = TakeEtag(&rest, compare);
      if (!etag.empty()) *etags->Add() = std::move(etag);
    }
    if (!etags->empty() && IsValidUtf8(value)) continue;
    return S3Only(
        400, "InvalidArgument",
        absl::StrCat("the header ", name,
                     " names no etag, or one that is not UTF-8; give one, or leave it out"));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Preconditions> Read(const RequestHead& head, absl::string_view prefix,
                                       absl::Time now) {
  v1::Preconditions preconditions;
  RETURN_IF_ERROR(ReadEtags(head, absl::StrCat(prefix, "if-match"), Compare::kStrongly,
                            preconditions.mutable_if_match()));
  RETURN_IF_ERROR(ReadEtags(head, absl::StrCat(prefix, "if-none-match"), Compare::kWeakly,
                            preconditions.mutable_if_none_match()));
  const auto modified = ParseHttpDate(head.Header(absl::StrCat(prefix, "if-modified-since")), now);
  if (modified.has_value() && *modified <= now) {
    *preconditions.mutable_if_modified_since() = ToTimestamp(*modified);
  }
  const auto unmodified =
      ParseHttpDate(head.Header(absl::StrCat(prefix, "if-unmodified-since")), now);
  if (unmodified.has_value()) {
    *preconditions.mutable_if_unmodified_since() = ToTimestamp(*unmodified);
  }
  return preconditions;
}

}  // namespace

absl::StatusOr<v1::Preconditions> ReadPreconditions(const RequestHead& head, absl::Time now) {
  return Read(head, "", now);
}

absl::StatusOr<v1::Preconditions> WritePreconditions(const RequestHead& head) {
  if (head.Count("if-unmodified-since") > 0) {
    return S3Only(501, "NotImplemented",
                  "the header if-unmodified-since is not implemented for a write, since two writes "
                  "may share a time; use if-match with an etag");
  }
  v1::Preconditions preconditions;
  RETURN_IF_ERROR(
      ReadEtags(head, "if-match", Compare::kStrongly, preconditions.mutable_if_match()));
  RETURN_IF_ERROR(
      ReadEtags(head, "if-none-match", Compare::kWeakly, preconditions.mutable_if_none_match()));
  return preconditions;
}

absl::StatusOr<v1::Preconditions> CopySourcePreconditions(const RequestHead& head, absl::Time now) {
  return Read(head, "x-amz-copy-source-", now);
}

}  // namespace trebol
