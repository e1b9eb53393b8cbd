#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/limits.h"

namespace trebol {

/// Fields of a form, names in lower case, each once.
using PolicyFields = std::vector<std::pair<std::string, std::string>>;

/// How many bytes an upload may have.
struct SizeRange {
  uint64_t min = 0;
  uint64_t max = kMaxPartSize;  // of one POST or PUT in S3: 5 GiB
};
/// S3's EntityTooSmall and EntityTooLarge.
absl::Status CheckSize(const SizeRange& range, uint64_t size);

/// Checks a policy (AWS: "Creating a POST Policy"), given in base64, against the fields of its
/// form; `bucket` counts as one of them, since the bucket of the URL has to be granted, too.
/// Conditions:
/// {"name": "value"}, ["eq", "$name", "value"], ["starts-with", "$name", "begin"] and
/// ["content-length-range", min, max], of which several are all obeyed. Names and operators in any
/// case; a field that is missing is empty. Every field has to be in a condition except
/// x-amz-signature, file, policy and x-ignore-*, and `signature` and `awsaccesskeyid` of the old
/// version. The policy's signature is the caller's affair. Errors as S3: InvalidPolicyDocument,
/// REQUEST_EXPIRED, and ACCESS_DENIED with "Invalid according to Policy: …".
absl::StatusOr<SizeRange> CheckPolicy(absl::string_view policy, absl::string_view bucket,
                                      const PolicyFields& fields, absl::Time now);

}  // namespace trebol
