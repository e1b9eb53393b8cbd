#include "gateway/s3/codec/xml_answers.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gateway/s3/codec/list_answers.h"
#include "gateway/s3/codec/upload_answers.h"
#include "gateway/s3/codec/xml_reader.h"
#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

const XmlOwner kOwner = {"id", "Name"};

/// What stands in the root element.
std::string Inner(const std::string& xml) {
  const size_t begin = xml.find('>', xml.find("?>") + 2) + 1;
  return xml.substr(begin, xml.rfind("</") - begin);
}

v1::ObjectInfo Object(const std::string& key) {
  v1::ObjectInfo object;
  object.set_bucket("b");
  object.set_key(key);
  object.set_size(5);
  object.set_etag("e");
  object.set_version("v");
  object.mutable_last_modified()->set_seconds(784111777);
  v1::Checksum* const checksum = object.add_checksums();
  checksum->set_algorithm(v1::Checksum::CRC32C);
  checksum->set_value("\xc9\x94\x65\xaa");
  object.add_checksums()->set_algorithm(v1::Checksum::MD5);
  return object;
}

constexpr char kAttributes[] =
    "<LastModified>1994-11-06T08:49:37.000Z</LastModified><ETag>&quot;e&quot;</ETag>"
    "<ChecksumAlgorithm>CRC32C</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>"
    "<Size>5</Size>";
constexpr char kOwnerXml[] = "<Owner><ID>id</ID><DisplayName>Name</DisplayName></Owner>";

TEST(XmlAnswers, TellErrors) {
  S3Error error;
  error.http_status = 404;
  error.code = "NoSuchKey";
  error.message = "a < b";
  EXPECT_EQ(ErrorXml(error, {"/b/k", "b", "k", "r", "h"}),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>NoSuchKey</Code>"
            "<Message>a &lt; b</Message><Key>k</Key><BucketName>b</BucketName>"
            "<Resource>/b/k</Resource><RequestId>r</RequestId><HostId>h</HostId></Error>");
}

TEST(XmlAnswers, TellOfBuckets) {
  v1::ListBucketsResponse buckets;
  buckets.add_buckets()->set_name("b");
  EXPECT_EQ(Inner(ListBucketsXml(buckets, kOwner)),
            absl::StrCat(kOwnerXml,
                         "<Buckets><Bucket><Name>b</Name>"
                         "<CreationDate>1970-01-01T00:00:00.000Z</CreationDate></Bucket>"
                         "</Buckets>"));
  EXPECT_EQ(Inner(LocationXml("us-east-1")), "");
  EXPECT_EQ(Inner(LocationXml("eu")), "eu");
  EXPECT_EQ(Inner(VersioningXml(v1::Bucket::UNVERSIONED)), "");
  EXPECT_EQ(Inner(VersioningXml(v1::Bucket::ENABLED)), "<Status>Enabled</Status>");
  EXPECT_EQ(Inner(VersioningXml(v1::Bucket::SUSPENDED)), "<Status>Suspended</Status>");
  Tags tags;
  tags.Add()->set_key("k");
  EXPECT_EQ(Inner(TaggingXml(tags)), "<TagSet><Tag><Key>k</Key><Value></Value></Tag></TagSet>");
}

TEST(XmlAnswers, ListObjects) {
  ListingQuestion question;
  question.bucket = "b";
  question.delimiter = "/";
  v1::ListObjectsResponse page;
  *page.add_objects() = Object("a&b");
  page.add_common_prefixes("c/");
  const std::string rest = absl::StrCat("<Contents><Key>a&amp;b</Key>", kAttributes, kOwnerXml,
                                        "<StorageClass>STANDARD</StorageClass></Contents>"
                                        "<CommonPrefixes><Prefix>c/</Prefix></CommonPrefixes>");
  EXPECT_EQ(Inner(ListObjectsXml(question, page, kOwner, "c/")),
            absl::StrCat("<Name>b</Name><Prefix></Prefix><Marker></Marker>"
                         "<NextMarker>c/</NextMarker><MaxKeys>1000</MaxKeys>"
                         "<Delimiter>/</Delimiter><IsTruncated>true</IsTruncated>",
                         rest));
  question.fetch_owner = true;
  question.start_after = "A";
  EXPECT_EQ(Inner(ListObjectsV2Xml(question, page, kOwner, "t")),
            absl::StrCat("<Name>b</Name><Prefix></Prefix>"
                         "<NextContinuationToken>t</NextContinuationToken>"
                         "<StartAfter>A</StartAfter><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys>"
                         "<Delimiter>/</Delimiter><IsTruncated>true</IsTruncated>",
                         rest));
  question.fetch_owner = false;
  EXPECT_FALSE(absl::StrContains(ListObjectsV2Xml(question, page, kOwner, ""), "Owner"));
}

TEST(XmlAnswers, ListInTheEncodingAskedFor) {
  ListingQuestion question;
  question.bucket = "b";
  question.prefix = "p q";
  question.delimiter = "+";
  question.url_encoded = true;
  v1::ListObjectsResponse page;
  page.add_objects()->set_key("foo+1/\x01");
  page.add_common_prefixes("quux ab/");
  const auto root = ReadXml(ListObjectsV2Xml(question, page, kOwner, ""), "ListBucketResult");
  ASSERT_TRUE(root.ok()) << root.status();
  EXPECT_EQ(root->TextOf("Prefix"), "p%20q");
  EXPECT_EQ(root->TextOf("Delimiter"), "%2B");
  EXPECT_EQ(root->TextOf("EncodingType"), "url");
  EXPECT_EQ(root->Find("Contents")->TextOf("Key"), "foo%2B1/%01");
  EXPECT_EQ(root->Find("CommonPrefixes")->TextOf("Prefix"), "quux%20ab/");
  EXPECT_EQ(root->TextOf("IsTruncated"), "false");
}

TEST(XmlAnswers, ListVersionsAndDeleteMarkers) {
  ListingQuestion question;
  question.bucket = "b";
  v1::ListObjectVersionsResponse page;
  *page.add_versions() = Object("k");
  page.mutable_versions(0)->set_latest(true);
  v1::ObjectInfo* const marker = page.add_versions();
  marker->set_key("k");
  marker->set_delete_marker(true);
  marker->set_null_version(true);
  EXPECT_EQ(
      Inner(ListVersionsXml(question, page, kOwner, "k", "v")),
      absl::StrCat("<Name>b</Name><Prefix></Prefix><KeyMarker></KeyMarker>"
                   "<VersionIdMarker></VersionIdMarker><NextKeyMarker>k</NextKeyMarker>"
                   "<NextVersionIdMarker>v</NextVersionIdMarker><MaxKeys>1000</MaxKeys>"
                   "<IsTruncated>true</IsTruncated><Version><Key>k</Key><VersionId>v</VersionId>"
                   "<IsLatest>true</IsLatest>",
                   kAttributes, "<StorageClass>STANDARD</StorageClass>", kOwnerXml,
                   "</Version><DeleteMarker><Key>k</Key><VersionId>null</VersionId>"
                   "<IsLatest>false</IsLatest><LastModified>1970-01-01T00:00:00.000Z"
                   "</LastModified>",
                   kOwnerXml, "</DeleteMarker>"));
}

TEST(XmlAnswers, TellOfUploads) {
  v1::MultipartUpload upload;
  upload.set_bucket("b");
  upload.set_key("k");
  upload.set_upload_id("u");
  upload.add_checksums(v1::Checksum::CRC32C);
  upload.set_composite_checksums(true);
  upload.set_initiator("alice");
  EXPECT_EQ(Inner(InitiateMultipartUploadXml(upload)),
            "<Bucket>b</Bucket><Key>k</Key><UploadId>u</UploadId>");
  v1::ObjectInfo object = Object("k");
  object.set_parts(2);
  object.mutable_checksums(0)->set_composite(true);
  EXPECT_EQ(Inner(CompleteMultipartUploadXml(object, "http://h/b/k")),
            "<Location>http://h/b/k</Location><Bucket>b</Bucket><Key>k</Key>"
            "<ETag>&quot;e&quot;</ETag><ChecksumCRC32C>yZRlqg==-2</ChecksumCRC32C>"
            "<ChecksumType>COMPOSITE</ChecksumType>");
  v1::ListPartsResponse parts;
  *parts.mutable_upload() = upload;
  v1::PartInfo* const part = parts.add_parts();
  part->set_part_number(3);
  part->set_etag("p");
  part->set_size(7);
  const auto root = ReadXml(ListPartsXml(parts, PartsQuestion(), kOwner), "ListPartsResult");
  ASSERT_TRUE(root.ok());
  EXPECT_EQ(root->TextOf("UploadId"), "u");
  EXPECT_EQ(root->TextOf("NextPartNumberMarker"), "3");
  EXPECT_EQ(root->TextOf("ChecksumAlgorithm"), "CRC32C");
  EXPECT_EQ(root->TextOf("ChecksumType"), "COMPOSITE");
  EXPECT_EQ(root->Find("Initiator")->TextOf("ID"), "alice");
  EXPECT_EQ(root->Find("Owner")->TextOf("ID"), "id");
  EXPECT_EQ(root->Find("Part")->TextOf("ETag"), "\"p\"");
  EXPECT_EQ(root->Find("Part")->TextOf("Size"), "7");
  v1::ListMultipartUploadsResponse uploads;
  *uploads.add_uploads() = upload;
  ListingQuestion question;
  question.bucket = "b";
  EXPECT_EQ(Inner(ListMultipartUploadsXml(question, uploads, kOwner, "", "")),
            absl::StrCat("<Bucket>b</Bucket><KeyMarker></KeyMarker><UploadIdMarker>"
                         "</UploadIdMarker><Prefix></Prefix><MaxUploads>1000</MaxUploads>"
                         "<IsTruncated>false</IsTruncated><Upload><Key>k</Key>"
                         "<UploadId>u</UploadId><Initiator><ID>alice</ID>"
                         "<DisplayName>alice</DisplayName></Initiator>",
                         kOwnerXml,
                         "<StorageClass>STANDARD</StorageClass>"
                         "<Initiated>1970-01-01T00:00:00.000Z</Initiated>"
                         "<ChecksumAlgorithm>CRC32C</ChecksumAlgorithm>"
                         "<ChecksumType>COMPOSITE</ChecksumType></Upload>"));
}

TEST(XmlAnswers, TellOfCopiesAndForms) {
  EXPECT_EQ(Inner(CopyObjectXml(Object("k"))),
            "<ETag>&quot;e&quot;</ETag><LastModified>1994-11-06T08:49:37.000Z</LastModified>"
            "<ChecksumCRC32C>yZRlqg==</ChecksumCRC32C><ChecksumType>FULL_OBJECT</ChecksumType>");
  v1::PartInfo part;
  part.set_etag("p");
  EXPECT_EQ(Inner(CopyPartXml(part)),
            "<ETag>&quot;p&quot;</ETag><LastModified>1970-01-01T00:00:00.000Z</LastModified>");
  EXPECT_EQ(Inner(PostResponseXml("l", Object("k"))),
            "<Location>l</Location><Bucket>b</Bucket><Key>k</Key><ETag>&quot;e&quot;</ETag>");
}

TEST(XmlAnswers, TellWhatWasDeleted) {
  v1::DeleteObjectsRequest request;
  v1::DeleteObjectsResponse response;
  for (const char* key : {"a", "b", "c"}) request.add_entries()->set_key(key);
  request.mutable_entries(1)->set_version("v");
  response.add_results();
  response.add_results()->mutable_deleted()->set_delete_marker(true);
  response.mutable_results(1)->mutable_deleted()->set_version("v");
  v1::DeleteObjectsResponse::Result* const failed = response.add_results();
  failed->set_code(9);
  failed->set_reason(v1::PRECONDITION_FAILED);
  failed->set_message("no");
  const std::string errors =
      "<Error><Key>c</Key><Code>PreconditionFailed</Code><Message>no</Message></Error>";
  EXPECT_EQ(Inner(DeleteResultXml(request, response, false)),
            absl::StrCat("<Deleted><Key>a</Key></Deleted><Deleted><Key>b</Key>"
                         "<VersionId>v</VersionId><DeleteMarker>true</DeleteMarker>"
                         "<DeleteMarkerVersionId>v</DeleteMarkerVersionId></Deleted>",
                         errors));
  EXPECT_EQ(Inner(DeleteResultXml(request, response, true)), errors);
}

TEST(XmlAnswers, TellTheAttributesAskedFor) {
  const auto wanted = ParseWantedAttributes("ETag, Checksum,ObjectParts,StorageClass,ObjectSize");
  ASSERT_TRUE(wanted.ok()) << wanted.status();
  AttributeParts parts;
  parts.total = 2;
  EXPECT_EQ(Inner(ObjectAttributesXml(Object("k"), *wanted, parts)),
            "<ETag>e</ETag><Checksum><ChecksumCRC32C>yZRlqg==</ChecksumCRC32C>"
            "<ChecksumType>FULL_OBJECT</ChecksumType></Checksum>"
            "<ObjectParts><PartsCount>2</PartsCount><PartNumberMarker>0</PartNumberMarker>"
            "<MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated></ObjectParts>"
            "<StorageClass>STANDARD</StorageClass><ObjectSize>5</ObjectSize>");
  parts.parts.emplace_back().set_part_number(1);
  EXPECT_TRUE(absl::StrContains(ObjectAttributesXml(Object("k"), *wanted, parts),
                                "<Part><PartNumber>1</PartNumber><Size>0</Size></Part>"));
  EXPECT_EQ(Inner(ObjectAttributesXml(Object("k"), *ParseWantedAttributes("ObjectSize"), parts)),
            "<ObjectSize>5</ObjectSize>");
  for (const char* text : {"", "Size", "ETag,"}) {
    EXPECT_EQ(CodeOf(ParseWantedAttributes(text).status()), "InvalidArgument") << text;
  }
}

}  // namespace
}  // namespace trebol
