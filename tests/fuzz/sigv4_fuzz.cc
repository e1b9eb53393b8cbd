// Any head of a request at the gate of the S3 door, at the time of AWS' examples, some of which are
// in the corpus: whoever is let in as somebody sends one of them, since nobody else has the secret.
#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/check.h"
#include "common/sigv4/sigv4.h"
#include "common/sigv4/uri_encoding.h"
#include "tests/unit/s3/auth_rig.h"

namespace trebol {
namespace {

/// Lines: method, path, query, then "name: value" of each header.
RequestHead HeadOf(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  const auto line = [&](size_t i) { return std::string(i < lines.size() ? lines[i] : ""); };
  RequestHead head = {line(0), line(1), line(2), {}};
  for (size_t i = 3; i < lines.size(); ++i) {
    const std::pair<absl::string_view, absl::string_view> header =
        absl::StrSplit(lines[i], absl::MaxSplits(": ", 1));
    head.headers.emplace_back(header.first, header.second);
  }
  return head;
}

/// Method and decoded path of what was signed with the key of the examples.
bool WasSigned(const RequestHead& head) {
  static constexpr std::pair<absl::string_view, absl::string_view> kSigned[] = {
      {"GET", "/test.txt"},
      {"PUT", "/test$file.text"},
      {"GET", "/"},
      {"GET", ""},
      {"PUT", "/examplebucket/chunkObject.txt"}};
  const auto path = sigv4::UriDecode(head.path);
  return path.ok() && std::any_of(std::begin(kSigned), std::end(kSigned), [&](const auto& each) {
           return each.first == head.method && each.second == *path;
         });
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace trebol;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const RequestHead head = HeadOf(text);
  AuthRig rig;
  const auto result = rig.Try(head);
  if (result.ok() && !result->signer.anonymous) {
    TREBOL_CHECK(WasSigned(head));
    TREBOL_CHECK(result->signer.key.secret.empty() && !result->host.empty());
  } else if (!result.ok()) {
    TREBOL_CHECK(!result.status().message().empty());
  }
  if (const auto decoded = sigv4::UriDecode(text); decoded.ok()) {
    TREBOL_CHECK(*sigv4::UriDecode(sigv4::UriEncode(*decoded, sigv4::Slash::kEncode)) == *decoded);
  }
  if (const auto parameters = sigv4::SplitQuery(text); parameters.ok()) {
    const std::string canonical = sigv4::CanonicalQuery(*parameters);
    TREBOL_CHECK(sigv4::CanonicalQuery(*sigv4::SplitQuery(canonical)) == canonical);
  }
  return 0;
}
