#include "gateway/s3/codec/object_xml.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "gateway/s3/codec/checksum_names.h"
#include "gateway/s3/codec/object_headers.h"
#include "gateway/s3/codec/xml_reader.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr int kMostTags = 1000;

absl::StatusOr<bool> ReadFlag(absl::string_view text, absl::string_view name) {
  text = absl::StripAsciiWhitespace(text);
  if (absl::EqualsIgnoreCase(text, "true")) return true;
  if (absl::EqualsIgnoreCase(text, "false")) return false;
  return MalformedXml(absl::StrCat("<", name, "> is '", absl::CHexEscape(text.substr(0, 64)),
                                   "'; it is true or false"));
}

absl::Status ReadDeleteEntry(const XmlElement& element, v1::DeleteObjectsRequest::Entry* entry) {
  const XmlElement* const key = element.Find("Key");
  if (key == nullptr || key->text.empty()) return MalformedXml("an <Object> has no <Key>");
  entry->set_key(key->text);
  entry->set_version(std::string(absl::StripAsciiWhitespace(element.TextOf("VersionId"))));
  if (const XmlElement* const etag = element.Find("ETag")) {
    const absl::string_view value = WithoutQuotes(absl::StripAsciiWhitespace(etag->text));
    if (value.empty()) return MalformedXml("an <Object> has an empty <ETag>");
    entry->mutable_preconditions()->add_if_match(std::string(value));
  }
  for (const char* name : {"LastModifiedTime", "Size"}) {
    if (element.Find(name) == nullptr) continue;
    return S3Only(501, "NotImplemented",
                  absl::StrCat("<", name,
                               "> of an <Object> to delete is a condition that is not "
                               "implemented; use <ETag>"));
  }
  return absl::OkStatus();
}

absl::Status ReadPart(const XmlElement& element, v1::CompleteMultipartUploadRequest::Part* part) {
  uint32_t number = 0;
  const absl::string_view text = absl::StripAsciiWhitespace(element.TextOf("PartNumber"));
  if (text.empty()) return MalformedXml("a <Part> has no <PartNumber>");
  if (!absl::SimpleAtoi(text, &number) || number < 1 || number > kMaxParts) {
    return S3Only(400, "InvalidArgument",
                  absl::StrCat("part number '", absl::CHexEscape(text.substr(0, 64)),
                               "' is no integer from 1 to ", kMaxParts));
  }
  part->set_part_number(number);
  part->set_etag(std::string(WithoutQuotes(absl::StripAsciiWhitespace(element.TextOf("ETag")))));
  if (part->etag().empty()) {
    return MalformedXml(absl::StrCat("<Part> ", number, " has no <ETag>"));
  }
  for (const ChecksumNames& names : AllChecksumNames()) {
    const XmlElement* const value = element.Find(names.element);
    if (value == nullptr) continue;
    ASSIGN_OR_RETURN(*part->add_checksums(),
                     ParseChecksum(names.algorithm, absl::StripAsciiWhitespace(value->text)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::string_view WithoutQuotes(absl::string_view etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    return etag.substr(1, etag.size() - 2);
  }
  return etag;
}

absl::StatusOr<DeleteBody> ReadDelete(absl::string_view xml) {
  ASSIGN_OR_RETURN(const XmlElement root, ReadXml(xml, "Delete"));
  DeleteBody body;
  if (const XmlElement* const quiet = root.Find("Quiet")) {
    ASSIGN_OR_RETURN(body.quiet, ReadFlag(quiet->text, "Quiet"));
  }
  for (const XmlElement& child : root.children) {
    if (child.name != "Object") continue;
    RETURN_IF_ERROR(ReadDeleteEntry(child, body.request.add_entries()));
  }
  const int count = body.request.entries_size();
  if (count < 1 || count > kMaxDeletesPerCall) {
    return MalformedXml(
        absl::StrCat("<Delete> names ", count, " objects; it takes 1 to ", kMaxDeletesPerCall));
  }
  return body;
}

absl::StatusOr<v1::CompleteMultipartUploadRequest> ReadCompleteMultipartUpload(
    absl::string_view xml) {
  ASSIGN_OR_RETURN(const XmlElement root, ReadXml(xml, "CompleteMultipartUpload"));
  v1::CompleteMultipartUploadRequest request;
  for (const XmlElement& child : root.children) {
    if (child.name != "Part") continue;
    if (request.parts_size() == static_cast<int>(kMaxParts)) {
      return MalformedXml(absl::StrCat("there are more than ", kMaxParts, " parts"));
    }
    RETURN_IF_ERROR(ReadPart(child, request.add_parts()));
  }
  if (request.parts().empty()) return MalformedXml("you must name at least one part");
  return request;
}

absl::StatusOr<Tags> ReadTagging(absl::string_view xml) {
  ASSIGN_OR_RETURN(const XmlElement root, ReadXml(xml, "Tagging"));
  const XmlElement* const set = root.Find("TagSet");
  if (set == nullptr || root.children.size() != 1) {
    return MalformedXml("<Tagging> does not have one <TagSet>");
  }
  Tags tags;
  for (const XmlElement& child : set->children) {
    if (child.name != "Tag") continue;
    const XmlElement* const key = child.Find("Key");
    const XmlElement* const value = child.Find("Value");
    if (key == nullptr || value == nullptr) {
      return MalformedXml("a <Tag> has no <Key> or no <Value>");
    }
    if (tags.size() == kMostTags) {
      return MalformedXml(absl::StrCat("there are more than ", kMostTags, " tags"));
    }
    RETURN_IF_ERROR(CheckTag(key->text, value->text));
    v1::Tag* const tag = tags.Add();
    tag->set_key(key->text);
    tag->set_value(value->text);
  }
  return tags;
}

}  // namespace trebol
