#pragma once

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/sigv4/digest.h"
#include "tests/unit/s3/auth_rig.h"

namespace trebol {

inline constexpr int64_t kOldExpires = 1369440000;  // a day after the time of the examples

inline std::string EncodedBase64(absl::string_view base64) {
  return absl::StrReplaceAll(base64, {{"+", "%2B"}, {"/", "%2F"}, {"=", "%3D"}});
}

/// A URL as boto3 makes it: `text` is what it signs after the two lines of headers.
inline RequestHead OldUrl(const std::string& method, const std::string& path,
                          const std::string& query, const std::string& resource,
                          const std::string& type = "") {
  const std::string text = absl::StrCat(method, "\n\n", type, "\n", kOldExpires, "\n", resource);
  const std::string signature =
      absl::Base64Escape(sigv4::HmacSha1(sigv4::ExampleCredentials().secret, text));
  RequestHead head = {method, path, query, {{"host", "s3.example.com"}}};
  absl::StrAppend(&head.query, query.empty() ? "" : "&", "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE",
                  "&Signature=", EncodedBase64(signature), "&Expires=", kOldExpires);
  return head;
}

}  // namespace trebol
