#include "gateway/s3/codec/xml_answers.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "gateway/s3/codec/checksum_names.h"
#include "gateway/s3/codec/checksum_xml.h"
#include "gateway/s3/codec/http_dates.h"
#include "gateway/s3/codec/xml_writer.h"

namespace trebol {
namespace {

constexpr absl::string_view kSchemaInstance =
    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ";

void WriteList(absl::string_view name,
               const google::protobuf::RepeatedPtrField<std::string>& values, XmlWriter* xml) {
  for (const std::string& value : values) xml->Element(name, value);
}

void WriteGrant(const AclGrant& grant, XmlWriter* xml) {
  const bool group = grant.grantee == AclGrant::Grantee::kGroup;
  xml->Open("Grant");
  xml->OpenWith("Grantee", absl::StrCat(kSchemaInstance, "xsi:type=\"",
                                        group ? "Group" : "CanonicalUser", "\""));
  xml->Element(group ? "URI" : "ID", grant.id);
  if (!group) xml->Optional("DisplayName", grant.display_name);
  xml->Close();
  xml->Element("Permission", grant.permission);
  xml->Close();
}

void WriteDeleted(const v1::DeleteObjectsRequest::Entry& entry,
                  const v1::DeleteObjectResponse& deleted, XmlWriter* xml) {
  xml->Open("Deleted");
  xml->Element("Key", entry.key());
  xml->Optional("VersionId", entry.version());
  if (deleted.delete_marker()) {
    xml->Flag("DeleteMarker", true);
    xml->Optional("DeleteMarkerVersionId", deleted.version());
  }
  xml->Close();
}

void WriteFailed(const v1::DeleteObjectsRequest::Entry& entry,
                 const v1::DeleteObjectsResponse::Result& result, XmlWriter* xml) {
  const S3Error error = ToS3Error(
      MakeError(static_cast<absl::StatusCode>(result.code()), result.reason(), result.message()));
  xml->Open("Error");
  xml->Element("Key", entry.key());
  xml->Optional("VersionId", entry.version());
  xml->Element("Code", error.code);
  xml->Element("Message", error.message);
  xml->Close();
}

void WriteParts(const AttributeParts& parts, XmlWriter* xml) {
  xml->Open("ObjectParts");
  xml->Number("PartsCount", parts.total);
  xml->Number("PartNumberMarker", parts.marker);
  if (parts.next_marker > 0) xml->Number("NextPartNumberMarker", parts.next_marker);
  xml->Number("MaxParts", parts.max_parts);
  xml->Flag("IsTruncated", parts.truncated);
  for (const v1::PartInfo& part : parts.parts) {
    xml->Open("Part");
    xml->Number("PartNumber", part.part_number());
    xml->Number("Size", part.size());
    WriteChecksums(part.checksums(), 0, xml);
    xml->Close();
  }
  xml->Close();
}

}  // namespace

std::string ErrorXml(const S3Error& error, const ErrorPlace& place) {
  XmlWriter xml("Error", "");
  xml.Element("Code", error.code);
  xml.Element("Message", error.message);
  xml.Optional("Key", place.key);
  xml.Optional("BucketName", place.bucket);
  xml.Optional("Resource", place.resource);
  xml.Optional("Region", place.region);
  xml.Optional("RangeRequested", place.range_requested);
  xml.Optional("ActualObjectSize", place.actual_size);
  xml.Optional("RequestId", place.request_id);
  xml.Optional("HostId", place.host_id);
  return std::move(xml).Finish();
}

XmlOwner OwnerNamed(std::string user) {
  if (user.empty()) user = "anonymous";
  return {user, user};
}

std::string ListBucketsXml(const v1::ListBucketsResponse& buckets, const XmlOwner& owner,
                           absl::string_view prefix, absl::string_view continuation_token) {
  XmlWriter xml("ListAllMyBucketsResult");
  xml.Open("Owner");
  xml.Element("ID", owner.id);
  xml.Element("DisplayName", owner.display_name);
  xml.Close();
  xml.Open("Buckets");
  for (const v1::Bucket& bucket : buckets.buckets()) {
    xml.Open("Bucket");
    xml.Element("Name", bucket.name());
    xml.Date("CreationDate", ToTime(bucket.created()));
    xml.Close();
  }
  xml.Close();
  xml.Optional("Prefix", prefix);
  xml.Optional("ContinuationToken", continuation_token);
  return std::move(xml).Finish();
}

std::string LocationXml(absl::string_view region) {
  XmlWriter xml("LocationConstraint");
  if (region != "us-east-1") xml.Text(region);
  return std::move(xml).Finish();
}

std::string VersioningXml(v1::Bucket::Versioning versioning) {
  XmlWriter xml("VersioningConfiguration");
  if (versioning == v1::Bucket::ENABLED) xml.Element("Status", "Enabled");
  if (versioning == v1::Bucket::SUSPENDED) xml.Element("Status", "Suspended");
  return std::move(xml).Finish();
}

std::string TaggingXml(const Tags& tags) {
  XmlWriter xml("Tagging");
  xml.Open("TagSet");
  for (const v1::Tag& tag : tags) {
    xml.Open("Tag");
    xml.Element("Key", tag.key());
    xml.Element("Value", tag.value());
    xml.Close();
  }
  return std::move(xml).Finish();
}

std::string AccessControlPolicyXml(const AccessControlList& acl) {
  XmlWriter xml("AccessControlPolicy");
  xml.Open("Owner");
  xml.Element("ID", acl.owner_id);
  xml.Optional("DisplayName", acl.owner_display_name);
  xml.Close();
  xml.Open("AccessControlList");
  for (const AclGrant& grant : acl.grants) WriteGrant(grant, &xml);
  return std::move(xml).Finish();
}

std::string CorsXml(const CorsRules& rules) {
  XmlWriter xml("CORSConfiguration");
  for (const v1::CorsRule& rule : rules) {
    xml.Open("CORSRule");
    xml.Optional("ID", rule.id());
    WriteList("AllowedMethod", rule.allowed_methods(), &xml);
    WriteList("AllowedOrigin", rule.allowed_origins(), &xml);
    WriteList("AllowedHeader", rule.allowed_headers(), &xml);
    WriteList("ExposeHeader", rule.expose_headers(), &xml);
    if (rule.has_max_age_seconds()) xml.Number("MaxAgeSeconds", rule.max_age_seconds());
    xml.Close();
  }
  return std::move(xml).Finish();
}

std::string CopyObjectXml(const v1::ObjectInfo& object) {
  XmlWriter xml("CopyObjectResult");
  xml.Etag("ETag", object.etag());
  xml.Date("LastModified", ToTime(object.last_modified()));
  WriteChecksums(object.checksums(), object.parts(), &xml);
  WriteChecksumType(object.checksums(), &xml);
  return std::move(xml).Finish();
}

std::string CopyPartXml(const v1::PartInfo& part) {
  XmlWriter xml("CopyPartResult");
  xml.Etag("ETag", part.etag());
  xml.Date("LastModified", ToTime(part.last_modified()));
  WriteChecksums(part.checksums(), 0, &xml);
  return std::move(xml).Finish();
}

std::string DeleteResultXml(const v1::DeleteObjectsRequest& request,
                            const v1::DeleteObjectsResponse& response, bool quiet) {
  TREBOL_CHECK(request.entries_size() == response.results_size());
  XmlWriter xml("DeleteResult");
  for (int i = 0; i < response.results_size(); ++i) {
    const v1::DeleteObjectsResponse::Result& result = response.results(i);
    if (result.code() != 0) {
      WriteFailed(request.entries(i), result, &xml);
    } else if (!quiet) {
      WriteDeleted(request.entries(i), result.deleted(), &xml);
    }
  }
  return std::move(xml).Finish();
}

std::string PostResponseXml(absl::string_view location, const v1::ObjectInfo& object) {
  XmlWriter xml("PostResponse", "");
  xml.Element("Location", location);
  xml.Element("Bucket", object.bucket());
  xml.Element("Key", object.key());
  xml.Etag("ETag", object.etag());
  return std::move(xml).Finish();
}

absl::StatusOr<WantedAttributes> ParseWantedAttributes(absl::string_view text) {
  WantedAttributes wanted;
  bool any = false;
  for (const absl::string_view each : absl::StrSplit(text, ',')) {
    const absl::string_view name = absl::StripAsciiWhitespace(each);
    bool* const flag = name == "ETag"           ? &wanted.etag
                       : name == "Checksum"     ? &wanted.checksum
                       : name == "ObjectParts"  ? &wanted.object_parts
                       : name == "StorageClass" ? &wanted.storage_class
                       : name == "ObjectSize"   ? &wanted.object_size
                                                : nullptr;
    if (flag == nullptr) {
      return S3Only(
          400, "InvalidArgument",
          absl::StrCat("x-amz-object-attributes names '", absl::CHexEscape(name.substr(0, 64)),
                       "', which is none of ETag, Checksum, ObjectParts, StorageClass "
                       "and ObjectSize"));
    }
    *flag = any = true;
  }
  if (!any) return S3Only(400, "InvalidArgument", "x-amz-object-attributes is empty");
  return wanted;
}

std::string ObjectAttributesXml(const v1::ObjectInfo& object, const WantedAttributes& wanted,
                                const AttributeParts& parts) {
  XmlWriter xml("GetObjectAttributesResponse");
  if (wanted.etag) xml.Element("ETag", object.etag());  // without quotes, here alone
  if (wanted.checksum && HasChecksums(object.checksums())) {
    xml.Open("Checksum");
    WriteChecksums(object.checksums(), 0, &xml);
    WriteChecksumType(object.checksums(), &xml);
    xml.Close();
  }
  if (wanted.object_parts && parts.total > 0) WriteParts(parts, &xml);
  if (wanted.storage_class) xml.Element("StorageClass", "STANDARD");
  if (wanted.object_size) xml.Number("ObjectSize", object.size());
  return std::move(xml).Finish();
}

}  // namespace trebol
