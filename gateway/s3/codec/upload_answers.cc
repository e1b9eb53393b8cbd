#include "gateway/s3/codec/upload_answers.h"

#include <utility>

#include "gateway/s3/codec/checksum_xml.h"
#include "gateway/s3/codec/http_dates.h"
#include "gateway/s3/codec/percent.h"
#include "gateway/s3/codec/xml_writer.h"

namespace trebol {
namespace {

void WriteOwner(absl::string_view name, const XmlOwner& owner, XmlWriter* xml) {
  xml->Open(name);
  xml->Element("ID", owner.id);
  xml->Element("DisplayName", owner.display_name);
  xml->Close();
}

}  // namespace

std::string InitiateMultipartUploadXml(const v1::MultipartUpload& upload) {
  XmlWriter xml("InitiateMultipartUploadResult");
  xml.Element("Bucket", upload.bucket());
  xml.Element("Key", upload.key());
  xml.Element("UploadId", upload.upload_id());
  return std::move(xml).Finish();
}

std::string CompleteMultipartUploadXml(const v1::ObjectInfo& object, absl::string_view location) {
  XmlWriter xml("CompleteMultipartUploadResult");
  xml.Element("Location", location);
  xml.Element("Bucket", object.bucket());
  xml.Element("Key", object.key());
  xml.Etag("ETag", object.etag());
  WriteChecksums(object.checksums(), object.parts(), &xml);
  WriteChecksumType(object.checksums(), &xml);
  return std::move(xml).Finish();
}

std::string ListPartsXml(const v1::ListPartsResponse& page, const PartsQuestion& question,
                         const XmlOwner& owner) {
  const v1::MultipartUpload& upload = page.upload();
  XmlWriter xml("ListPartsResult");
  xml.Element("Bucket", upload.bucket());
  xml.Element("Key", question.url_encoded ? UrlEncodedKey(upload.key()) : upload.key());
  if (question.url_encoded) xml.Element("EncodingType", "url");
  xml.Element("UploadId", upload.upload_id());
  WriteOwner("Initiator", OwnerNamed(upload.initiator()), &xml);
  WriteOwner("Owner", owner, &xml);
  xml.Element("StorageClass", "STANDARD");
  xml.Number("PartNumberMarker", question.marker);
  // S3 names the last part of the page, also where it is the last of all.
  xml.Number("NextPartNumberMarker",
             page.parts().empty() ? 0 : page.parts().rbegin()->part_number());
  xml.Number("MaxParts", question.max_parts);
  xml.Flag("IsTruncated", page.next_start_after() != 0);
  WriteChecksumsOf(upload, &xml);
  for (const v1::PartInfo& part : page.parts()) {
    xml.Open("Part");
    xml.Number("PartNumber", part.part_number());
    xml.Date("LastModified", ToTime(part.last_modified()));
    xml.Etag("ETag", part.etag());
    WriteChecksums(part.checksums(), 0, &xml);
    xml.Number("Size", part.size());
    xml.Close();
  }
  return std::move(xml).Finish();
}

}  // namespace trebol
