#include "gateway/s3/codec/request_target.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "gateway/s3/codec/percent.h"
#include "tests/unit/s3/codec_rig.h"

namespace trebol {
namespace {

const std::vector<std::string> kDomains = {"example.com", "s3.example.com"};

RequestHead Head(const std::string& host, const std::string& path, const std::string& query = "") {
  RequestHead head;
  head.method = "GET";
  head.path = path;
  head.query = query;
  head.headers.emplace_back("host", host);
  return head;
}

std::string Target(const std::string& host, const std::string& path) {
  const auto target = ParseRequestTarget(Head(host, path), kDomains);
  if (!target.ok()) return CodeOf(target.status());
  return absl::StrCat(target->virtual_hosted ? "host " : "", target->bucket, "|", target->key);
}

TEST(RequestTarget, ReadsPathStyle) {
  EXPECT_EQ(Target("127.0.0.1:9000", "/"), "|");
  EXPECT_EQ(Target("127.0.0.1:9000", "/b"), "b|");
  EXPECT_EQ(Target("127.0.0.1:9000", "/b/"), "b|");
  EXPECT_EQ(Target("[::1]:9000", "/b/k"), "b|k");
  EXPECT_EQ(Target("", "/b/k"), "b|k");
  EXPECT_EQ(Target("s3.example.com:443", "/b/k"), "b|k");
  EXPECT_EQ(Target("example.com", "/b/k"), "b|k");
  EXPECT_EQ(Target("notexample.com", "/b/k"), "b|k");
}

TEST(RequestTarget, ReadsVirtualHostedStyle) {
  EXPECT_EQ(Target("b.s3.example.com", "/k/l"), "host b|k/l");
  EXPECT_EQ(Target("B.S3.Example.Com:9000", "/"), "host b|");
  EXPECT_EQ(Target("b.s3.example.com.", "/k"), "host b|k");
  EXPECT_EQ(Target("a.b.example.com", "/k"), "host a.b|k");
}

TEST(RequestTarget, NormalisesNothing) {
  EXPECT_EQ(Target("h", "/b//k"), "b|/k");
  EXPECT_EQ(Target("h", "/b/a//b/"), "b|a//b/");
  EXPECT_EQ(Target("h", "/b/../x/./y"), "b|../x/./y");
  EXPECT_EQ(Target("h", "/b/%2e%2E/%2F"), "b|..//");
  EXPECT_EQ(Target("h", "/b/a+b%2Bc%20d"), "b|a+b+c d");
  EXPECT_EQ(Target("h", "/b/%2541"), "b|%41");
  EXPECT_EQ(Target("h", "/b%2Fk"), "b|k");
}

TEST(RequestTarget, RefusesWhatNamesNothing) {
  for (const char* path : {"", "*", "b/k", "/b/%", "/b/%4", "/b/%zz", "/b/%FF", "//k"}) {
    EXPECT_EQ(Target("h", path), "InvalidURI") << path;
  }
  EXPECT_EQ(Target("h", "/b/%00"), "InvalidArgument");
  EXPECT_EQ(Target("h", "/b/" + std::string(1024, 'k')), "b|" + std::string(1024, 'k'));
  EXPECT_EQ(Target("h", "/b/" + std::string(1025, 'k')), "KeyTooLongError");
}

TEST(QueryParameters, AreDecodedOnceInOrder) {
  const auto query = QueryParameters::Parse("list-type=2&prefix=a+b%2Bc&&uploads&x==y&e=");
  ASSERT_TRUE(query.ok()) << query.status();
  ASSERT_EQ(query->all().size(), 5u);
  EXPECT_EQ(query->all()[0].first, "list-type");
  EXPECT_EQ(query->Get("prefix"), "a b+c");
  EXPECT_TRUE(query->Has("uploads"));
  EXPECT_EQ(query->Get("uploads"), "");
  EXPECT_EQ(query->Get("x"), "=y");
  EXPECT_FALSE(query->Has("Prefix"));
  EXPECT_EQ(query->Get("none"), "");
}

TEST(QueryParameters, RefuseDoublesAndBadEscapes) {
  EXPECT_EQ(CodeOf(QueryParameters::Parse("a=1&b&a=1").status()), "InvalidArgument");
  EXPECT_EQ(CodeOf(QueryParameters::Parse("a=1&%61=2").status()), "InvalidArgument");
  for (const char* text : {"a=%", "%4=1", "a=%GG", "a=%FF"}) {
    EXPECT_EQ(CodeOf(QueryParameters::Parse(text).status()), "InvalidURI") << text;
  }
}

RC_GTEST_PROP(RequestTarget, GivesBackEveryKey, (const std::string& text)) {
  std::string key = "k";
  for (const char c : text) key.push_back(static_cast<char>((c & 0x7F) == 0 ? 1 : c & 0x7F));
  RC_PRE(key.size() <= 1024u);
  const auto target = ParseRequestTarget(Head("h", "/b/" + UrlEncodedKey(key)), kDomains);
  RC_ASSERT(target.ok());
  RC_ASSERT(target->key == key);
}

}  // namespace
}  // namespace trebol
