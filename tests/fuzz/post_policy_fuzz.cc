// Any policy on any form, signed as it should be: what passes names every field and the bucket.
// The first line is the policy, in JSON with blanks for line feeds; then "name=value" of each
// field.
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/base/check.h"
#include "common/sigv4/sigv4.h"
#include "gateway/s3/auth/post_policy.h"
#include "tests/unit/s3/auth_rig.h"

namespace trebol {
namespace {

constexpr absl::string_view kTimestamp = "20130524T000000Z";

PostForm FormOf(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  PostForm form;
  form.bucket = "photos";
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> field =
        absl::StrSplit(lines[i], absl::MaxSplits('=', 1));
    form.fields.emplace_back(field.first, field.second);
  }
  const std::string policy = absl::Base64Escape(lines[0]);
  const sigv4::Scope scope = {"20130524", "us-east-1", "s3"};
  const sigv4::Credentials key = sigv4::ExampleCredentials();
  form.fields.emplace_back("policy", policy);
  form.fields.emplace_back("x-amz-algorithm", sigv4::kAlgorithm);
  form.fields.emplace_back("x-amz-credential", key.access_key_id + "/" + scope.ToString());
  form.fields.emplace_back("x-amz-date", kTimestamp);
  form.fields.emplace_back("x-amz-signature",
                           sigv4::Signature(sigv4::SigningKey(key.secret, scope), policy));
  return form;
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trebol;
  const std::string text(reinterpret_cast<const char*>(data), size);
  PostForm form = FormOf(text);
  FixedKeys keys;
  const auto try_it = [&] {
    return RunNow(AuthenticatePost(BackgroundContext(), form, sigv4::ExampleTime(), {}, &keys));
  };
  const auto permit = try_it();
  if (!permit.ok()) {
    TREBOL_CHECK(!permit.status().message().empty());
    return 0;
  }
  TREBOL_CHECK(!permit->signer.anonymous);
  const std::string lower = absl::AsciiStrToLower(text);
  if (absl::StrContains(lower, "zz-extra") || absl::StrContains(lower, "\\u")) return 0;
  form.fields.emplace_back("zz-extra", "1");
  TREBOL_CHECK(!try_it().ok());
  form.fields.pop_back();
  form.fields.back().second.back() ^= 1;  // of the signature
  TREBOL_CHECK(!try_it().ok());
  return 0;
}
