#include "gateway/s3/codec/object_xml.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

TEST(ObjectXml, ReadsDelete) {
  const auto body = ReadDelete(
      "<Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Quiet>true</Quiet>"
      "<Object><Key>a &amp; b</Key></Object>"
      "<Object><Key>c</Key><VersionId>v1</VersionId><ETag>\"e\"</ETag></Object></Delete>");
  ASSERT_TRUE(body.ok()) << body.status();
  EXPECT_TRUE(body->quiet);
  ASSERT_EQ(body->request.entries_size(), 2);
  EXPECT_EQ(body->request.entries(0).key(), "a & b");
  EXPECT_FALSE(body->request.entries(0).has_preconditions());
  EXPECT_EQ(body->request.entries(1).version(), "v1");
  EXPECT_EQ(body->request.entries(1).preconditions().if_match(0), "e");
}

std::string DeleteOf(int objects) {
  std::string xml = "<Delete>";
  for (int i = 0; i < objects; ++i) absl::StrAppend(&xml, "<Object><Key>", i, "</Key></Object>");
  return xml + "</Delete>";
}

TEST(ObjectXml, TakesOneToAThousandDeletes) {
  EXPECT_EQ(CodeOf(ReadDelete(DeleteOf(0)).status()), "MalformedXML");
  EXPECT_EQ(CodeOf(ReadDelete(DeleteOf(1000)).status()), "OK");
  EXPECT_EQ(CodeOf(ReadDelete(DeleteOf(1001)).status()), "MalformedXML");
}

TEST(ObjectXml, RefusesDeletesThatWouldMeanSomethingElse) {
  const auto code = [](const std::string& inner) {
    return CodeOf(ReadDelete(absl::StrCat("<Delete>", inner, "</Delete>")).status());
  };
  EXPECT_EQ(code("<Object/>"), "MalformedXML");
  EXPECT_EQ(code("<Object><Key></Key></Object>"), "MalformedXML");
  EXPECT_EQ(code("<Quiet>maybe</Quiet><Object><Key>a</Key></Object>"), "MalformedXML");
  EXPECT_EQ(code("<Object><Key>a</Key><ETag></ETag></Object>"), "MalformedXML");
  EXPECT_EQ(code("<Object><Key>a</Key><Size>1</Size></Object>"), "NotImplemented");
  EXPECT_EQ(code("<Object><Key>a</Key><LastModifiedTime>x</LastModifiedTime></Object>"),
            "NotImplemented");
  EXPECT_EQ(code("<Object><Key>a</Key><Other>1</Other></Object>"), "OK");
}

TEST(ObjectXml, ReadsParts) {
  const auto request = ReadCompleteMultipartUpload(
      "<CompleteMultipartUpload><Part><ETag>&quot;abc&quot;</ETag><PartNumber>1</PartNumber>"
      "<ChecksumCRC32C>yZRlqg==</ChecksumCRC32C></Part>"
      "<Part><PartNumber> 10000 </PartNumber><ETag>d</ETag></Part></CompleteMultipartUpload>");
  ASSERT_TRUE(request.ok()) << request.status();
  ASSERT_EQ(request->parts_size(), 2);
  EXPECT_EQ(request->parts(0).etag(), "abc");
  ASSERT_EQ(request->parts(0).checksums_size(), 1);
  EXPECT_EQ(request->parts(0).checksums(0).algorithm(), v1::Checksum::CRC32C);
  EXPECT_EQ(request->parts(0).checksums(0).value(), "\xc9\x94\x65\xaa");
  EXPECT_EQ(request->parts(1).part_number(), 10'000u);
  EXPECT_EQ(request->parts(1).etag(), "d");
}

TEST(ObjectXml, RefusesParts) {
  const auto code = [](const std::string& inner) {
    return CodeOf(ReadCompleteMultipartUpload(absl::StrCat("<CompleteMultipartUpload>", inner,
                                                           "</CompleteMultipartUpload>"))
                      .status());
  };
  EXPECT_EQ(code(""), "MalformedXML");
  EXPECT_EQ(code("<Part><ETag>a</ETag></Part>"), "MalformedXML");
  EXPECT_EQ(code("<Part><PartNumber>1</PartNumber></Part>"), "MalformedXML");
  for (const char* number : {"0", "10001", "-1", "x", "99999999999"}) {
    EXPECT_EQ(
        code(absl::StrCat("<Part><ETag>a</ETag><PartNumber>", number, "</PartNumber></Part>")),
        "InvalidArgument");
  }
  EXPECT_EQ(code("<Part><ETag>a</ETag><PartNumber>1</PartNumber>"
                 "<ChecksumSHA1>yZRlqg==</ChecksumSHA1></Part>"),
            "InvalidRequest");
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "<Part><PartNumber>1</PartNumber><ETag>a</ETag></Part>";
  EXPECT_EQ(code(many), "OK");
  EXPECT_EQ(code(many + "<Part><PartNumber>1</PartNumber><ETag>a</ETag></Part>"), "MalformedXML");
}

TEST(ObjectXml, ReadsTags) {
  const auto tags = ReadTagging(
      "<Tagging><TagSet><Tag><Key>k</Key><Value> </Value></Tag>"
      "<Tag><Key>l</Key><Value/></Tag></TagSet></Tagging>");
  ASSERT_TRUE(tags.ok()) << tags.status();
  ASSERT_EQ(tags->size(), 2);
  EXPECT_EQ(tags->Get(0).value(), " ");
  EXPECT_EQ(tags->Get(1).key(), "l");
  EXPECT_TRUE(ReadTagging("<Tagging><TagSet/></Tagging>")->empty());
  for (const char* text : {"<Tagging/>", "<Tagging><TagSet><Tag/></TagSet></Tagging>",
                           "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>"}) {
    EXPECT_EQ(CodeOf(ReadTagging(text).status()), "MalformedXML") << text;
  }
  std::string many = "<Tagging><TagSet>";
  for (int i = 0; i < 1001; ++i) many += "<Tag><Key>a</Key><Value>b</Value></Tag>";
  EXPECT_EQ(CodeOf(ReadTagging(many + "</TagSet></Tagging>").status()), "MalformedXML");
}

TEST(ObjectXml, TakesQuotesOff) {
  EXPECT_EQ(WithoutQuotes("\"a\""), "a");
  EXPECT_EQ(WithoutQuotes("\"a"), "\"a");
  EXPECT_EQ(WithoutQuotes("\""), "\"");
  EXPECT_EQ(WithoutQuotes(""), "");
}

}  // namespace
}  // namespace trebol
