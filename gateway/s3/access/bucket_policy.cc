#include "gateway/s3/access/bucket_policy.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status_macros.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

using nlohmann::json;
using Anonymous = v1::BucketAccess::Anonymous;

constexpr absl::string_view kArn = "arn:aws:s3:::";

/// An action, and whether it is about the objects of the bucket or about itself.
using Allowance = std::pair<std::string, bool>;
using Allowances = std::set<Allowance>;

const Allowance kLocation = {"s3:GetBucketLocation", false};

Allowances AllowancesOf(Anonymous anonymous) {
  const Allowances read = {kLocation, {"s3:ListBucket", false}, {"s3:GetObject", true}};
  const Allowances upload = {kLocation,
                             {"s3:ListBucketMultipartUploads", false},
                             {"s3:AbortMultipartUpload", true},
                             {"s3:DeleteObject", true},
                             {"s3:ListMultipartUploadParts", true},
                             {"s3:PutObject", true}};
  Allowances all;
  if (anonymous != v1::BucketAccess::UPLOAD) all.insert(read.begin(), read.end());
  if (anonymous != v1::BucketAccess::READ) all.insert(upload.begin(), upload.end());
  return all;
}

absl::Status Malformed(absl::string_view message) {
  return S3Only(400, "MalformedPolicy", message);
}

absl::Status Refused(const json& statement, int number, absl::string_view why) {
  const json sid = statement.is_object() ? statement.value("Sid", json()) : json();
  const std::string name = sid.is_string() && !sid.get<std::string>().empty()
                               ? absl::StrCat(" ('", sid.get<std::string>(), "')")
                               : "";
  return S3Only(501, "NotImplemented",
                absl::StrCat("statement ", number, name, " of the policy: ", why,
                             ". Policies are taken that let anybody read, upload, or both; for "
                             "users use grants: trebol bucket grant"));
}

/// A string, or a list of strings; nothing for anything else.
absl::StatusOr<std::vector<std::string>> Strings(const json& statement, const char* member) {
  const json value = statement.value(member, json());
  std::vector<std::string> strings;
  if (value.is_string()) strings.push_back(value.get<std::string>());
  if (value.is_array()) {
    for (const json& each : value) {
      if (!each.is_string()) return Malformed(absl::StrCat(member, " has something but strings"));
      strings.push_back(each.get<std::string>());
    }
  }
  if (strings.empty()) {
    return Malformed(absl::StrCat("a statement has no ", member, ", or an empty one"));
  }
  return strings;
}

bool IsAnybody(const json& principal) {
  if (principal.is_string()) return principal == "*";
  if (!principal.is_object() || principal.size() != 1 || !principal.contains("AWS")) return false;
  const json& aws = principal["AWS"];
  return aws == "*" || aws == json::array({"*"});
}

absl::Status AddStatement(absl::string_view bucket, const json& statement, int number,
                          Allowances* all) {
  if (!statement.is_object()) return Malformed(absl::StrCat("statement ", number, " is no object"));
  for (const auto& [member, value] : statement.items()) {
    if (member == "Sid" || member == "Effect" || member == "Principal" || member == "Action" ||
        member == "Resource") {
      continue;
    }
    return Refused(statement, number, absl::StrCat("'", member, "' is not supported"));
  }
  if (statement.value("Effect", json()) != "Allow") {
    return Refused(statement, number, "only 'Effect': 'Allow' is supported");
  }
  if (!IsAnybody(statement.value("Principal", json()))) {
    return Refused(statement, number, "only the principal '*' is supported");
  }
  ASSIGN_OR_RETURN(const auto actions, Strings(statement, "Action"));
  ASSIGN_OR_RETURN(const auto resources, Strings(statement, "Resource"));
  const Allowances known = AllowancesOf(v1::BucketAccess::READ_WRITE);
  for (const std::string& resource : resources) {
    const std::string of_bucket = absl::StrCat(kArn, bucket);
    const bool objects = resource == of_bucket + "/*";
    if (!objects && resource != of_bucket) {
      return Refused(statement, number,
                     absl::StrCat("the resource '", resource, "' is neither '", of_bucket,
                                  "' nor '", of_bucket, "/*'"));
    }
    for (const std::string& action : actions) {
      // In a statement with both resources each action is about the one that it can be about.
      if (known.contains({action, objects})) {
        all->insert({action, objects});
      } else if (!known.contains({action, !objects}) || resources.size() == 1) {
        return Refused(
            statement, number,
            absl::StrCat("the action '", action, "' on '", resource, "' is not supported"));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Anonymous> ParseBucketPolicy(absl::string_view bucket, const std::string& policy) {
  if (policy.size() > kMaxPolicySize) {
    return Malformed(absl::StrCat("the policy has ", policy.size(), " bytes; at most ",
                                  kMaxPolicySize, " are allowed"));
  }
  const json document = json::parse(policy, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return Malformed("the policy is no JSON object");
  const json version = document.value("Version", json("2008-10-17"));
  if (version != "2012-10-17" && version != "2008-10-17") {
    return Malformed("the Version is neither 2012-10-17 nor 2008-10-17");
  }
  const json statements = document.value("Statement", json());
  const json list = statements.is_object() ? json::array({statements}) : statements;
  if (!list.is_array() || list.empty()) return Malformed("the policy has no Statement");
  Allowances all;
  int number = 0;
  for (const json& statement : list) {
    RETURN_IF_ERROR(AddStatement(bucket, statement, ++number, &all));
  }
  all.insert(kLocation);  // whoever may do anything finds the bucket
  for (const Anonymous anonymous :
       {v1::BucketAccess::READ, v1::BucketAccess::UPLOAD, v1::BucketAccess::READ_WRITE}) {
    if (all == AllowancesOf(anonymous)) return anonymous;
  }
  return Refused(list.front(), 1,
                 "together the statements allow neither exactly what reading takes (s3:ListBucket, "
                 "s3:GetObject), nor what uploading takes (s3:ListBucketMultipartUploads, "
                 "s3:AbortMultipartUpload, s3:DeleteObject, s3:ListMultipartUploadParts, "
                 "s3:PutObject), nor both");
}

std::string BucketPolicyOf(absl::string_view bucket, Anonymous anonymous) {
  json of_bucket = json::array();
  json of_objects = json::array();
  for (const auto& [action, objects] : AllowancesOf(anonymous)) {
    (objects ? of_objects : of_bucket).push_back(action);
  }
  const json anybody = {{"AWS", json::array({"*"})}};
  const std::string arn = absl::StrCat(kArn, bucket);
  const json statements = json::array({{{"Effect", "Allow"},
                                        {"Principal", anybody},
                                        {"Action", of_bucket},
                                        {"Resource", json::array({arn})}},
                                       {{"Effect", "Allow"},
                                        {"Principal", anybody},
                                        {"Action", of_objects},
                                        {"Resource", json::array({arn + "/*"})}}});
  return json{{"Version", "2012-10-17"}, {"Statement", statements}}.dump();
}

}  // namespace trebol
