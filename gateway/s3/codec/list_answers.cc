#include "gateway/s3/codec/list_answers.h"

#include <utility>

#include "gateway/s3/codec/checksum_xml.h"
#include "gateway/s3/codec/http_dates.h"
#include "gateway/s3/codec/percent.h"
#include "gateway/s3/codec/xml_writer.h"

namespace trebol {
namespace {

using Prefixes = google::protobuf::RepeatedPtrField<std::string>;

/// Writes what listings have in common, with keys in the encoding that was asked for.
class Listing {
 public:
  Listing(absl::string_view root, const ListingQuestion& question)
      : question_(question), xml_(root) {}

  XmlWriter& xml() { return xml_; }
  const ListingQuestion& question() const { return question_; }

  void Key(absl::string_view name, const std::string& key) {
    if (question_.url_encoded) {
      xml_.Element(name, UrlEncodedKey(key));
    } else {
      xml_.Element(name, key);
    }
  }
  void OptionalKey(absl::string_view name, const std::string& key) {
    if (!key.empty()) Key(name, key);
  }
  void Owner(absl::string_view name, const XmlOwner& owner) {
    xml_.Open(name);
    xml_.Element("ID", owner.id);
    xml_.Element("DisplayName", owner.display_name);
    xml_.Close();
  }
  void EncodingType() {
    if (question_.url_encoded) xml_.Element("EncodingType", "url");
  }
  void CommonPrefixes(const Prefixes& prefixes) {
    for (const std::string& prefix : prefixes) {
      xml_.Open("CommonPrefixes");
      Key("Prefix", prefix);
      xml_.Close();
    }
  }
  /// The fields of an object or version behind its key.
  void Attributes(const v1::ObjectInfo& object) {
    xml_.Date("LastModified", ToTime(object.last_modified()));
    xml_.Etag("ETag", object.etag());
    WriteChecksumAlgorithms(object.checksums(), &xml_);
    WriteChecksumType(object.checksums(), &xml_);
    xml_.Number("Size", object.size());
  }
  void Objects(const v1::ListObjectsResponse& page, const XmlOwner* owner) {
    for (const v1::ObjectInfo& object : page.objects()) {
      xml_.Open("Contents");
      Key("Key", object.key());
      Attributes(object);
      if (owner != nullptr) Owner("Owner", *owner);
      xml_.Element("StorageClass", "STANDARD");
      xml_.Close();
    }
    CommonPrefixes(page.common_prefixes());
  }
  std::string Finish() { return std::move(xml_).Finish(); }

 private:
  const ListingQuestion& question_;
  XmlWriter xml_;
};

}  // namespace

std::string ListObjectsXml(const ListingQuestion& question, const v1::ListObjectsResponse& page,
                           const XmlOwner& owner, const std::string& next_marker) {
  Listing listing("ListBucketResult", question);
  listing.xml().Element("Name", question.bucket);
  listing.Key("Prefix", question.prefix);
  listing.Key("Marker", question.marker);
  if (!question.delimiter.empty()) listing.OptionalKey("NextMarker", next_marker);
  listing.xml().Number("MaxKeys", question.max_keys);
  listing.OptionalKey("Delimiter", question.delimiter);
  listing.EncodingType();
  listing.xml().Flag("IsTruncated", !next_marker.empty());
  listing.Objects(page, &owner);
  return listing.Finish();
}

std::string ListObjectsV2Xml(const ListingQuestion& question, const v1::ListObjectsResponse& page,
                             const XmlOwner& owner, const std::string& next_token) {
  Listing listing("ListBucketResult", question);
  XmlWriter& xml = listing.xml();
  xml.Element("Name", question.bucket);
  listing.Key("Prefix", question.prefix);
  if (question.has_continuation_token) {
    xml.Element("ContinuationToken", question.continuation_token);
  }
  xml.Optional("NextContinuationToken", next_token);
  listing.OptionalKey("StartAfter", question.start_after);
  xml.Number("KeyCount", static_cast<uint64_t>(page.objects_size()) +
                             static_cast<uint64_t>(page.common_prefixes_size()));
  xml.Number("MaxKeys", question.max_keys);
  listing.OptionalKey("Delimiter", question.delimiter);
  listing.EncodingType();
  xml.Flag("IsTruncated", !next_token.empty());
  listing.Objects(page, question.fetch_owner ? &owner : nullptr);
  return listing.Finish();
}

std::string ListVersionsXml(const ListingQuestion& question,
                            const v1::ListObjectVersionsResponse& page, const XmlOwner& owner,
                            const std::string& next_marker, const std::string& next_id_marker) {
  Listing listing("ListVersionsResult", question);
  XmlWriter& xml = listing.xml();
  xml.Element("Name", question.bucket);
  listing.Key("Prefix", question.prefix);
  listing.Key("KeyMarker", question.marker);
  xml.Element("VersionIdMarker", question.id_marker);
  listing.OptionalKey("NextKeyMarker", next_marker);
  xml.Optional("NextVersionIdMarker", next_id_marker);
  xml.Number("MaxKeys", question.max_keys);
  listing.OptionalKey("Delimiter", question.delimiter);
  listing.EncodingType();
  xml.Flag("IsTruncated", !next_marker.empty());
  for (const v1::ObjectInfo& version : page.versions()) {
    xml.Open(version.delete_marker() ? "DeleteMarker" : "Version");
    listing.Key("Key", version.key());
    xml.Element("VersionId", version.null_version() ? "null" : version.version());
    xml.Flag("IsLatest", version.latest());
    if (version.delete_marker()) {
      xml.Date("LastModified", ToTime(version.last_modified()));
    } else {
      listing.Attributes(version);
      xml.Element("StorageClass", "STANDARD");
    }
    listing.Owner("Owner", owner);
    xml.Close();
  }
  listing.CommonPrefixes(page.common_prefixes());
  return listing.Finish();
}

std::string ListMultipartUploadsXml(const ListingQuestion& question,
                                    const v1::ListMultipartUploadsResponse& page,
                                    const XmlOwner& owner, const std::string& next_marker,
                                    const std::string& next_id_marker) {
  Listing listing("ListMultipartUploadsResult", question);
  XmlWriter& xml = listing.xml();
  xml.Element("Bucket", question.bucket);
  listing.Key("KeyMarker", question.marker);
  xml.Element("UploadIdMarker", question.id_marker);
  listing.OptionalKey("NextKeyMarker", next_marker);
  xml.Optional("NextUploadIdMarker", next_id_marker);
  listing.OptionalKey("Delimiter", question.delimiter);
  listing.Key("Prefix", question.prefix);
  listing.EncodingType();
  xml.Number("MaxUploads", question.max_keys);
  xml.Flag("IsTruncated", !next_marker.empty());
  for (const v1::MultipartUpload& upload : page.uploads()) {
    xml.Open("Upload");
    listing.Key("Key", upload.key());
    xml.Element("UploadId", upload.upload_id());
    listing.Owner("Initiator", OwnerNamed(upload.initiator()));
    listing.Owner("Owner", owner);
    xml.Element("StorageClass", "STANDARD");
    xml.Date("Initiated", ToTime(upload.initiated()));
    WriteChecksumsOf(upload, &xml);
    xml.Close();
  }
  listing.CommonPrefixes(page.common_prefixes());
  return listing.Finish();
}

}  // namespace trebol
