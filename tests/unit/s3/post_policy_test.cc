#include "gateway/s3/auth/post_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/error.h"
#include "common/sigv4/sigv4.h"
#include "tests/unit/s3/auth_rig.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;

/// The policy of AWS' example of a form, byte for byte: its signature is published.
std::string ExamplePolicy() {
  const std::string text = absl::StrCat(
      "{ \"expiration\": \"2015-12-30T12:00:00.000Z\",\n"
      "  \"conditions\": [\n"
      "    {\"bucket\": \"sigv4examplebucket\"},\n"
      "    [\"starts-with\", \"$key\", \"user/user1/\"],\n"
      "    {\"acl\": \"public-read\"},\n"
      "    {\"success_action_redirect\": "
      "\"http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html\"},\n"
      "    [\"starts-with\", \"$Content-Type\", \"image/\"],\n"
      "    {\"x-amz-meta-uuid\": \"14365123651274\"},\n"
      "    {\"x-amz-server-side-encryption\": \"AES256\"},\n"
      "    [\"starts-with\", \"$x-amz-meta-tag\", \"\"],\n"
      "\n"
      "    {\"x-amz-credential\": \"AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request\"},\n"
      "    {\"x-amz-algorithm\": \"AWS4-HMAC-SHA256\"},\n"
      "    {\"x-amz-date\": \"20151229T000000Z\" }\n"
      "  ]\n"
      "}");
  return absl::Base64Escape(absl::StrReplaceAll(text, {{"\n", "\r\n"}}));
}

PostForm ExampleForm() {
  return {
      "sigv4examplebucket",
      {{"key", "user/user1/cat.jpg"},
       {"acl", "public-read"},
       {"success_action_redirect",
        "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},
       {"Content-Type", "image/jpeg"},
       {"x-amz-meta-uuid", "14365123651274"},
       {"x-amz-server-side-encryption", "AES256"},
       {"X-Amz-Credential", "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},
       {"X-Amz-Algorithm", "AWS4-HMAC-SHA256"},
       {"X-Amz-Date", "20151229T000000Z"},
       {"x-amz-meta-tag", ""},
       {"Policy", ExamplePolicy()},
       {"X-Amz-Signature", "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"}}};
}

struct PostRig {
  FixedKeys keys;
  AuthOptions options;
  absl::Time now = absl::FromCivil(absl::CivilSecond(2015, 12, 30), absl::UTCTimeZone());

  absl::StatusOr<PostPermit> Try(const PostForm& form) {
    return RunNow(AuthenticatePost(BackgroundContext(), form, now, options, &keys));
  }
  std::string CodeOf(const PostForm& form) {
    const auto permit = Try(form);
    if (permit.ok()) return permit->signer.anonymous ? "anonymous" : "";
    return ToS3Error(permit.status()).code;
  }
  std::string MessageOf(const PostForm& form) { return std::string(Try(form).status().message()); }
};

std::string* Field(PostForm* form, absl::string_view name) {
  for (auto& [key, value] : form->fields) {
    if (key == name) return &value;
  }
  TREBOL_CHECK(false);
}

PostForm Without(std::vector<std::string> names) {
  PostForm form = ExampleForm();
  std::erase_if(form.fields, [&](const auto& field) {
    return std::find(names.begin(), names.end(), field.first) != names.end();
  });
  return form;
}

TEST(PostPolicy, PassesTheExampleOfAws) {
  PostRig rig;
  const auto permit = rig.Try(ExampleForm());
  ASSERT_TRUE(permit.ok()) << permit.status();
  EXPECT_EQ(permit->signer.key.user, "alice");
  EXPECT_EQ(permit->signer.key.secret, "");
  EXPECT_EQ(permit->size.max, 5 * kGiB);
}

TEST(PostPolicy, TakesAFormWithoutAnyForAnonymous) {
  PostRig rig;
  EXPECT_EQ(rig.CodeOf({"photos", {{"key", "a"}, {"acl", "private"}}}), "anonymous");
  EXPECT_EQ(rig.keys.asked(), 0);
}

TEST(PostPolicy, WantsEveryField) {
  PostRig rig;
  for (const char* name :
       {"Policy", "X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"}) {
    EXPECT_EQ(rig.CodeOf(Without({name})), "InvalidArgument") << name;
    EXPECT_THAT(rig.MessageOf(Without({name})), HasSubstr("must contain a field named"));
  }
  EXPECT_EQ(rig.CodeOf(Without({"X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential"})),
            "InvalidArgument");
}

TEST(PostPolicy, WantsEveryFieldOnce) {
  PostRig rig;
  for (const char* name : {"KEY", "policy", "Acl", "x-ignore-me"}) {
    PostForm form = ExampleForm();
    form.fields.emplace_back("x-ignore-me", "1");
    form.fields.emplace_back(name, "user/user1/dog.jpg");
    EXPECT_EQ(rig.CodeOf(form), "InvalidArgument") << name;
  }
}

TEST(PostPolicy, ChecksTheSignatureBeforeThePolicy) {
  PostRig rig;
  PostForm form = ExampleForm();
  *Field(&form, "Policy") = absl::Base64Escape("{}");
  EXPECT_EQ(rig.CodeOf(form), "SignatureDoesNotMatch");
  EXPECT_THAT(rig.MessageOf(form), HasSubstr("access key 'AKIAIOSFODNN7EXAMPLE'"));
  form = ExampleForm();
  Field(&form, "X-Amz-Signature")->front() = '9';
  EXPECT_EQ(rig.CodeOf(form), "SignatureDoesNotMatch");
  *Field(&form, "X-Amz-Signature") = "";
  EXPECT_EQ(rig.CodeOf(form), "SignatureDoesNotMatch");
}

TEST(PostPolicy, ObeysThePolicy) {
  PostRig rig;
  PostForm form = ExampleForm();
  *Field(&form, "key") = "user/user2/cat.jpg";
  EXPECT_EQ(rig.CodeOf(form), "AccessDenied");
  EXPECT_THAT(rig.MessageOf(form), HasSubstr("Policy Condition failed"));
  form = ExampleForm();
  form.bucket = "other";
  EXPECT_EQ(rig.CodeOf(form), "AccessDenied");
  form = ExampleForm();
  form.fields.emplace_back("tagging", "<Tagging/>");
  EXPECT_EQ(rig.CodeOf(form), "AccessDenied");
  form = ExampleForm();
  form.fields.emplace_back("X-Ignore-Button", "Upload");
  EXPECT_EQ(rig.CodeOf(form), "");
  rig.now += absl::Hours(12);
  EXPECT_EQ(ReasonOf(rig.Try(ExampleForm()).status()), v1::REQUEST_EXPIRED);
}

TEST(PostPolicy, KnowsItsKeys) {
  PostRig rig;
  PostForm form = ExampleForm();
  Replace(Field(&form, "X-Amz-Credential"), "AKIAIOSFODNN7EXAMPLE", "NOBODY");
  EXPECT_EQ(rig.CodeOf(form), "InvalidAccessKeyId");
  const sigv4::Credentials example = sigv4::ExampleCredentials();
  rig.keys.Add({example.access_key_id, example.secret, "alice", "Alice", rig.now});
  EXPECT_EQ(ReasonOf(rig.Try(ExampleForm()).status()), v1::ACCESS_KEY_EXPIRED);
  rig.keys.Fail(absl::UnavailableError("metadata is away"));
  EXPECT_EQ(rig.Try(ExampleForm()).status().code(), absl::StatusCode::kUnavailable);
}

TEST(PostPolicy, RefusesMalformedFields) {
  PostRig rig;
  const auto with = [&](absl::string_view name, absl::string_view from, absl::string_view to) {
    PostForm form = ExampleForm();
    Replace(Field(&form, name), from, to);
    return rig.CodeOf(form);
  };
  EXPECT_EQ(with("X-Amz-Algorithm", "256", "512"), "InvalidArgument");
  EXPECT_EQ(with("X-Amz-Date", "T000000Z", ""), "InvalidArgument");
  EXPECT_EQ(with("X-Amz-Date", "20151229", "20151230"), "InvalidArgument");
  EXPECT_EQ(with("X-Amz-Credential", "us-east-1", "us-east-2"), "InvalidArgument");
  EXPECT_EQ(with("X-Amz-Credential", "/s3/", "/"), "InvalidArgument");
  PostForm form = ExampleForm();
  form.fields.emplace_back("x-amz-security-token", "abc");
  EXPECT_EQ(rig.CodeOf(form), "InvalidToken");
}

TEST(PostPolicy, TakesFormsOfVersion2WhereThatIsAllowed) {
  const std::string policy = absl::Base64Escape(
      "{\"expiration\": \"2015-12-31T00:00:00Z\", \"conditions\": [{\"bucket\": \"photos\"}, "
      "[\"starts-with\", \"$key\", \"foo\"], [\"content-length-range\", 0, 1024]]}");
  const std::string signature =
      absl::Base64Escape(sigv4::HmacSha1(sigv4::ExampleCredentials().secret, policy));
  PostForm form = {"photos",
                   {{"key", "foo.txt"},
                    {"AWSAccessKeyId", "AKIAIOSFODNN7EXAMPLE"},
                    {"policy", policy},
                    {"signature", signature}}};
  PostRig rig;
  rig.options.accept_version_2 = false;
  EXPECT_EQ(rig.CodeOf(form), "InvalidRequest");
  EXPECT_THAT(rig.MessageOf(form), HasSubstr("AWS4-HMAC-SHA256"));
  rig.options.accept_version_2 = true;
  EXPECT_EQ(rig.CodeOf(form), "");
  EXPECT_EQ(rig.Try(form)->size.max, 1024u);
  *Field(&form, "signature") = signature.substr(1);
  EXPECT_EQ(rig.CodeOf(form), "SignatureDoesNotMatch");
  form.fields.pop_back();
  EXPECT_EQ(rig.CodeOf(form), "InvalidArgument");
  form.fields.emplace_back("signature", signature);
  form.fields.emplace_back("x-amz-algorithm", "AWS4-HMAC-SHA256");
  EXPECT_EQ(rig.CodeOf(form), "InvalidRequest");
}

}  // namespace
}  // namespace trebol
