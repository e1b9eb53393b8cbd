#include "gateway/s3/codec/bucket_xml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/s3/codec/xml_answers.h"
#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

std::string Versioning(const std::string& inner) {
  return absl::StrCat("<VersioningConfiguration>", inner, "</VersioningConfiguration>");
}

TEST(BucketXml, ReadsVersioning) {
  EXPECT_EQ(ReadVersioning(Versioning("<Status>Enabled</Status>")).value(), v1::Bucket::ENABLED);
  EXPECT_EQ(ReadVersioning(Versioning("<Status>Suspended</Status><MfaDelete>Disabled</MfaDelete>"))
                .value(),
            v1::Bucket::SUSPENDED);
  const auto code = [](const std::string& inner) {
    return CodeOf(ReadVersioning(Versioning(inner)).status());
  };
  EXPECT_EQ(code(""), "IllegalVersioningConfigurationException");
  EXPECT_EQ(code("<Status>enabled</Status>"), "MalformedXML");
  EXPECT_EQ(code("<Status>Enabled</Status><MfaDelete>Enabled</MfaDelete>"), "NotImplemented");
  EXPECT_EQ(code("<Status>Enabled</Status><MfaDelete>x</MfaDelete>"), "MalformedXML");
}

TEST(BucketXml, ReadsCorsAndWritesItBack) {
  const auto rules = ReadCors(
      "<CORSConfiguration><CORSRule><ID>one</ID><AllowedMethod>GET</AllowedMethod>"
      "<AllowedMethod>PUT</AllowedMethod><AllowedOrigin>https://*.example.com</AllowedOrigin>"
      "<AllowedHeader>x-amz-*</AllowedHeader><ExposeHeader>ETag</ExposeHeader>"
      "<MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule></CORSConfiguration>");
  ASSERT_TRUE(rules.ok()) << rules.status();
  ASSERT_EQ(rules->size(), 1);
  const v1::CorsRule& rule = rules->at(0);
  EXPECT_EQ(rule.id(), "one");
  EXPECT_THAT(rule.allowed_methods(), ::testing::ElementsAre("GET", "PUT"));
  EXPECT_EQ(rule.max_age_seconds(), 3000u);
  const auto again = ReadCors(CorsXml(*rules));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->at(0).SerializeAsString(), rule.SerializeAsString());
}

TEST(BucketXml, RefusesCors) {
  const auto code = [](const std::string& inner) {
    return CodeOf(ReadCors(absl::StrCat("<CORSConfiguration><CORSRule>", inner,
                                        "</CORSRule></CORSConfiguration>"))
                      .status());
  };
  const std::string good = "<AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>";
  EXPECT_EQ(code(good), "OK");
  EXPECT_EQ(code(""), "MalformedXML");
  EXPECT_EQ(code("<AllowedMethod>GET</AllowedMethod>"), "MalformedXML");
  EXPECT_EQ(code(good + "<AllowedMethod>PATCH</AllowedMethod>"), "InvalidRequest");
  EXPECT_EQ(code(good + "<AllowedOrigin>*a*</AllowedOrigin>"), "InvalidRequest");
  EXPECT_EQ(code(good + "<AllowedHeader>**</AllowedHeader>"), "InvalidRequest");
  EXPECT_EQ(code(good + "<ExposeHeader>*</ExposeHeader>"), "InvalidRequest");
  EXPECT_EQ(code(good + "<MaxAgeSeconds>-1</MaxAgeSeconds>"), "MalformedXML");
  EXPECT_EQ(code(good + absl::StrCat("<ID>", std::string(256, 'a'), "</ID>")), "InvalidRequest");
  EXPECT_EQ(CodeOf(ReadCors("<CORSConfiguration/>").status()), "MalformedXML");
  std::string many;
  for (int i = 0; i < 101; ++i) absl::StrAppend(&many, "<CORSRule>", good, "</CORSRule>");
  EXPECT_EQ(
      CodeOf(ReadCors(absl::StrCat("<CORSConfiguration>", many, "</CORSConfiguration>")).status()),
      "MalformedXML");
}

TEST(BucketXml, ReadsWhereABucketShallBe) {
  EXPECT_EQ(ReadCreateBucket("<CreateBucketConfiguration/>")->location, "");
  const auto body = ReadCreateBucket(
      "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint>"
      "<Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></CreateBucketConfiguration>");
  ASSERT_TRUE(body.ok()) << body.status();
  EXPECT_EQ(body->location, "eu-west-1");
  ASSERT_EQ(body->tags.size(), 1);
  EXPECT_EQ(body->tags.Get(0).value(), "b");
  EXPECT_EQ(CodeOf(ReadCreateBucket("<CreateBucketConfiguration><Bucket/>"
                                    "</CreateBucketConfiguration>")
                       .status()),
            "NotImplemented");
  EXPECT_EQ(CodeOf(ReadCreateBucket("<CreateBucketConfiguration><Tags><Tag/></Tags>"
                                    "</CreateBucketConfiguration>")
                       .status()),
            "MalformedXML");
}

TEST(BucketXml, ReadsAccessControlAndWritesItBack) {
  AccessControlList acl;
  acl.owner_id = "root";
  acl.owner_display_name = "Root";
  acl.grants.push_back({AclGrant::Grantee::kUser, "root", "Root", "FULL_CONTROL"});
  acl.grants.push_back({AclGrant::Grantee::kGroup, std::string(kAllUsers), "", "READ"});
  const auto read = ReadAccessControlPolicy(AccessControlPolicyXml(acl));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->owner_id, "root");
  EXPECT_EQ(read->owner_display_name, "Root");
  ASSERT_EQ(read->grants.size(), 2u);
  EXPECT_EQ(read->grants[0].id, "root");
  EXPECT_EQ(read->grants[0].permission, "FULL_CONTROL");
  EXPECT_EQ(read->grants[1].grantee, AclGrant::Grantee::kGroup);
  EXPECT_EQ(read->grants[1].id, kAllUsers);
}

TEST(BucketXml, RefusesAccessControl) {
  const auto code = [](const std::string& grant) {
    return CodeOf(
        ReadAccessControlPolicy(absl::StrCat("<AccessControlPolicy><Owner><ID>o</ID></Owner>"
                                             "<AccessControlList>",
                                             grant, "</AccessControlList></AccessControlPolicy>"))
            .status());
  };
  const std::string user = "<Grantee xsi:type=\"CanonicalUser\"><ID>u</ID></Grantee>";
  EXPECT_EQ(code(""), "OK");
  EXPECT_EQ(code("<Grant>" + user + "<Permission>READ</Permission></Grant>"), "OK");
  EXPECT_EQ(code("<Grant>" + user + "<Permission>ALL</Permission></Grant>"), "MalformedXML");
  EXPECT_EQ(code("<Grant><Permission>READ</Permission></Grant>"), "MalformedXML");
  EXPECT_EQ(code("<Other/>"), "MalformedXML");
  EXPECT_EQ(code("<Grant><Grantee><ID>u</ID></Grantee><Permission>READ</Permission></Grant>"),
            "MalformedXML");
  EXPECT_EQ(code("<Grant><Grantee xsi:type=\"AmazonCustomerByEmail\"><EmailAddress>a@b"
                 "</EmailAddress></Grantee><Permission>READ</Permission></Grant>"),
            "UnresolvableGrantByEmailAddress");
  std::string many;
  for (int i = 0; i < 101; ++i) {
    many += "<Grant>" + user + "<Permission>READ</Permission></Grant>";
  }
  EXPECT_EQ(code(many), "MalformedXML");
  EXPECT_EQ(CodeOf(ReadAccessControlPolicy("<AccessControlPolicy/>").status()), "MalformedXML");
}

}  // namespace
}  // namespace trebol
