#include "common/sigv4/sigv4.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/sigv4/digest.h"
#include "tests/unit/sigv4/aws_examples.h"

namespace trebol::sigv4 {
namespace {

TEST(Sigv4, DerivesTheKeyThatAwsPublishes) {
  // The example of the general documentation: another service, another secret.
  EXPECT_EQ(absl::BytesToHexString(SigningKey("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                                              {"20150830", "us-east-1", "iam"})),
            "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
}

TEST(Sigv4, WritesTheCanonicalRequestOfTheExample) {
  CanonicalRequest request;
  request.method = "GET";
  request.path = *CanonicalPath("/");
  request.query = CanonicalQuery(*SplitQuery("prefix=J&max-keys=2"));
  request.headers = {{"host", std::string(kExampleHost)},
                     {"x-amz-content-sha256", std::string(kEmptySha256)},
                     {"x-amz-date", "20130524T000000Z"}};
  request.payload_hash = std::string(kEmptySha256);
  const std::string text = request.ToString();
  EXPECT_EQ(text.substr(0, text.find("host:")), "GET\n/\nmax-keys=2&prefix=J\n");
  EXPECT_EQ(request.SignedHeaders(), "host;x-amz-content-sha256;x-amz-date");
  EXPECT_EQ(Sha256Hex(text), "df57d21db20da04d7fa30298dd4488ba3a2b47ca3a489c74750e0f1e7df1b9b7");
  const Scope scope = {"20130524", "us-east-1", "s3"};
  EXPECT_EQ(scope.ToString(), kExampleScope);
  EXPECT_EQ(Signature(SigningKey(ExampleCredentials().secret, scope),
                      StringToSign("20130524T000000Z", scope, text)),
            ListObjects().signature);
}

TEST(CanonicalPath, IsNotNormalised) {
  EXPECT_EQ(*CanonicalPath("/b/./a/../c//d/"), "/b/./a/../c//d/");
  EXPECT_EQ(*CanonicalPath(""), "/");
  EXPECT_EQ(*CanonicalPath("//"), "//");
}

TEST(CanonicalPath, IsEncodedOnce) {
  EXPECT_EQ(*CanonicalPath("/b/test$file.text"), "/b/test%24file.text");
  EXPECT_EQ(*CanonicalPath("/b/a%20b"), "/b/a%20b");
  EXPECT_EQ(*CanonicalPath("/b/a%2520b"), "/b/a%2520b");
  EXPECT_EQ(*CanonicalPath("/b/a+b"), "/b/a%2Bb");
  EXPECT_EQ(*CanonicalPath("/b/%c3%b1"), "/b/%C3%B1");
  EXPECT_EQ(*CanonicalPath("/b/%61%7E"), "/b/a~");
  EXPECT_FALSE(CanonicalPath("/b/%4").ok());
}

TEST(CanonicalQuery, IsSortedByEncodedNameThenValue) {
  EXPECT_EQ(CanonicalQuery(*SplitQuery("b=2&a=2&b=1&a=10")), "a=10&a=2&b=1&b=2");
  // '-' sorts before digits and letters, but "%" before all of them.
  EXPECT_EQ(CanonicalQuery(*SplitQuery("a-b=1&a%2fb=2&ab=3&aB=4")), "a%2Fb=2&a-b=1&aB=4&ab=3");
  EXPECT_EQ(CanonicalQuery(*SplitQuery("prefix=a+b&x=a%2Bb")), "prefix=a%20b&x=a%2Bb");
  EXPECT_EQ(CanonicalQuery(*SplitQuery("lifecycle")), "lifecycle=");
  EXPECT_EQ(CanonicalQuery({}), "");
}

TEST(CanonicalQuery, LeavesTheSignatureOut) {
  EXPECT_EQ(CanonicalQuery(*SplitQuery("a=1&X-Amz-Signature=0f&z"), "X-Amz-Signature"), "a=1&z=");
  EXPECT_EQ(CanonicalQuery(*SplitQuery("a=1&X-Amz-Signature=0f")), "X-Amz-Signature=0f&a=1");
}

RC_GTEST_PROP(CanonicalQuery, DoesNotDependOnTheOrder, (std::vector<std::string> names)) {
  std::vector<QueryParameter> parameters;
  for (const std::string& name : names) parameters.push_back({"", "", name, name});
  const std::string canonical = CanonicalQuery(parameters);
  std::reverse(parameters.begin(), parameters.end());
  RC_ASSERT(CanonicalQuery(parameters) == canonical);
}

TEST(CanonicalHeader, IsTrimmedAndItsBlanksCollapse) {
  RequestHead head;
  head.headers = {{"a", "  one   two  \"three   four\" "}, {"b", ""}, {"c", "x"}, {"c", " y  z"}};
  EXPECT_EQ(CanonicalHeader(head, "a"), "one two \"three four\"");
  EXPECT_EQ(CanonicalHeader(head, "b"), "");
  EXPECT_EQ(CanonicalHeader(head, "c"), "x,y z");
  EXPECT_EQ(CanonicalHeader(head, "d"), std::nullopt);
}

TEST(Timestamp, IsReadAsItIsWritten) {
  EXPECT_EQ(FormatTimestamp(ExampleTime()), "20130524T000000Z");
  EXPECT_EQ(ParseTimestamp("20130524T000000Z"), ExampleTime());
  for (const char* text :
       {"", "20130524", "20130524T000000", "20130524T000000z", "2013-05-24T00:00:00Z",
        "20130524T000060Z", "20130524T240000Z", "20130229T000000Z", "+0130524T000000Z",
        "infinite-future ", "Fri, 24 May 2013"}) {
    EXPECT_EQ(ParseTimestamp(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace trebol::sigv4
