#include "gateway/s3/auth/policy_document.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxPolicySize = 64 * kKiB;  // in base64; policies have some hundred bytes

struct Condition {
  bool prefix = false;  // "starts-with", else "eq"
  std::string name;     // in lower case, without '$'
  std::string value;

  std::string ToString() const {
    return absl::StrCat("[\"", prefix ? "starts-with" : "eq", "\", \"$", name, "\", \"", value,
                        "\"]");
  }
};

struct Policy {
  absl::Time expires;
  std::vector<Condition> conditions;
  SizeRange size;
};

absl::Status InvalidPolicy(absl::string_view what) {
  return S3Only(400, "InvalidPolicyDocument", absl::StrCat("Invalid Policy: ", what));
}

absl::Status Denied(absl::string_view what) {
  return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED,
                   absl::StrCat("Invalid according to Policy: ", what));
}

/// The text of a value; nothing for what is no string.
const std::string* TextOf(const Json& json) { return json.get_ptr<const std::string*>(); }

/// A number of bytes, also as text.
std::optional<uint64_t> BytesOf(const Json& json) {
  uint64_t bytes = 0;
  if (json.is_number_unsigned()) return json.get<uint64_t>();
  if (const std::string* text = TextOf(json); text != nullptr && absl::SimpleAtoi(*text, &bytes)) {
    return bytes;
  }
  return std::nullopt;
}

absl::Status AddRange(const Json& condition, Policy* policy) {
  const auto min = BytesOf(condition[1]);
  const auto max = BytesOf(condition[2]);
  if (!min || !max || *min > *max) {
    return InvalidPolicy("content-length-range needs two numbers of bytes, the lower one first");
  }
  policy->size.min = std::max(policy->size.min, *min);
  policy->size.max = std::min(policy->size.max, *max);
  return absl::OkStatus();
}

/// ["starts-with", "$key", "user/"] and its kin.
absl::Status AddList(const Json& condition, Policy* policy) {
  const std::string* const operation = condition.size() == 3 ? TextOf(condition[0]) : nullptr;
  if (operation == nullptr) return InvalidPolicy("a condition in brackets has three members");
  if (absl::EqualsIgnoreCase(*operation, "content-length-range")) {
    return AddRange(condition, policy);
  }
  const bool prefix = absl::EqualsIgnoreCase(*operation, "starts-with");
  if (!prefix && !absl::EqualsIgnoreCase(*operation, "eq")) {
    return InvalidPolicy(absl::StrCat("there is no condition '", *operation,
                                      "'; use eq, starts-with or content-length-range"));
  }
  const std::string* const name = TextOf(condition[1]);
  const std::string* const value = TextOf(condition[2]);
  if (name == nullptr || value == nullptr || name->size() < 2 || name->front() != '$') {
    return InvalidPolicy(absl::StrCat("'", *operation,
                                      "' needs the name of a field, with '$' before it, and a "
                                      "text"));
  }
  policy->conditions.push_back({prefix, absl::AsciiStrToLower(name->substr(1)), *value});
  return absl::OkStatus();
}

/// {"acl": "private"}
absl::Status AddMap(const Json& condition, Policy* policy) {
  if (condition.empty()) return InvalidPolicy("a condition is empty");
  for (const auto& [name, json] : condition.items()) {
    const std::string* const value = TextOf(json);
    if (value == nullptr) {
      return InvalidPolicy(absl::StrCat("the condition on '", name, "' needs a text"));
    }
    policy->conditions.push_back({false, absl::AsciiStrToLower(name), *value});
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Time> ParseExpiration(const Json& document) {
  const auto found = document.find("expiration");
  if (found == document.end()) return InvalidPolicy("Policy missing expiration.");
  const std::string* const text = TextOf(*found);
  absl::Time time;
  if (text == nullptr ||
      !absl::ParseTime("%Y-%m-%dT%H:%M:%E*SZ", *text, absl::UTCTimeZone(), &time, nullptr) ||
      time <= absl::InfinitePast() || time >= absl::InfiniteFuture()) {
    return InvalidPolicy(absl::StrCat("Invalid 'expiration' value: '",
                                      text != nullptr ? *text : found->dump(),
                                      "'; write it as 2030-01-31T12:00:00.000Z"));
  }
  return time;
}

absl::StatusOr<Policy> ParsePolicy(absl::string_view base64) {
  if (base64.size() > kMaxPolicySize) {
    return InvalidPolicy(absl::StrCat("it has more than ", kMaxPolicySize, " bytes"));
  }
  std::string text;
  if (!absl::Base64Unescape(base64, &text)) return InvalidPolicy("it is not base64");
  const Json document = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return InvalidPolicy("Invalid JSON.");
  for (const auto& [name, value] : document.items()) {
    if (name != "expiration" && name != "conditions") {
      return InvalidPolicy(absl::StrCat("Unexpected: '", name, "'"));
    }
  }
  Policy policy;
  ASSIGN_OR_RETURN(policy.expires, ParseExpiration(document));
  const auto conditions = document.find("conditions");
  if (conditions == document.end()) return InvalidPolicy("Policy missing conditions.");
  if (!conditions->is_array()) return InvalidPolicy("the conditions must be a list");
  for (const Json& condition : *conditions) {
    if (condition.is_array()) {
      RETURN_IF_ERROR(AddList(condition, &policy));
    } else if (condition.is_object()) {
      RETURN_IF_ERROR(AddMap(condition, &policy));
    } else {
      return InvalidPolicy("a condition must be a list or a map");
    }
  }
  return policy;
}

bool NeedsNoCondition(absl::string_view name) {
  return name == "x-amz-signature" || name == "file" || name == "policy" || name == "signature" ||
         name == "awsaccesskeyid" || absl::StartsWith(name, "x-ignore-");
}

absl::string_view ValueOf(const PolicyFields& fields, absl::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace

absl::Status CheckSize(const SizeRange& range, uint64_t size) {
  if (size < range.min) {
    return S3Only(400, "EntityTooSmall",
                  absl::StrCat("Your proposed upload is smaller than the minimum allowed size: it "
                               "has ",
                               size, " bytes, the policy asks for ", range.min));
  }
  if (size > range.max) {
    return S3Only(400, "EntityTooLarge",
                  absl::StrCat("Your proposed upload exceeds the maximum allowed size: it has ",
                               size, " bytes, the limit is ", range.max));
  }
  return absl::OkStatus();
}

absl::StatusOr<SizeRange> CheckPolicy(absl::string_view policy_base64, absl::string_view bucket,
                                      const PolicyFields& fields, absl::Time now) {
  ASSIGN_OR_RETURN(const Policy policy, ParsePolicy(policy_base64));
  if (now >= policy.expires) {
    return MakeError(absl::StatusCode::kPermissionDenied, v1::REQUEST_EXPIRED,
                     "Invalid according to Policy: Policy expired.");
  }
  std::set<std::string> covered;
  for (const Condition& condition : policy.conditions) {
    const absl::string_view value =
        condition.name == "bucket" ? bucket : ValueOf(fields, condition.name);
    const bool met =
        condition.prefix ? absl::StartsWith(value, condition.value) : value == condition.value;
    if (!met) {
      return Denied(absl::StrCat("Policy Condition failed: ", condition.ToString()));
    }
    covered.insert(condition.name);
  }
  if (!covered.contains("bucket")) return Denied("it has no condition on the bucket");
  for (const auto& [name, value] : fields) {
    if (name == "bucket" && value != bucket) {
      return Denied("the field 'bucket' names another bucket than the URL");
    }
    if (!NeedsNoCondition(name) && !covered.contains(name)) {
      return Denied(absl::StrCat("Extra input fields: ", name));
    }
  }
  return policy.size;
}

}  // namespace trebol
