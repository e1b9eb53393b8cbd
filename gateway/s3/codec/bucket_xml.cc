#include "gateway/s3/codec/bucket_xml.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "gateway/s3/codec/xml_reader.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr size_t kMaxAclGrants = 100;
constexpr absl::string_view kPermissions[] = {"FULL_CONTROL", "READ", "WRITE", "READ_ACP",
                                              "WRITE_ACP"};

std::string Shown(absl::string_view text) {
  return absl::StrCat("'", absl::CHexEscape(text.substr(0, 100)), "'");
}

std::string Trimmed(const XmlElement& element) {
  return std::string(absl::StripAsciiWhitespace(element.text));
}

absl::StatusOr<v1::CorsRule> ReadCorsRule(const XmlElement& element) {
  v1::CorsRule rule;
  for (const XmlElement& child : element.children) {
    std::string text = Trimmed(child);
    if (child.name == "ID") {
      rule.set_id(std::move(text));
    } else if (child.name == "AllowedOrigin") {
      rule.add_allowed_origins(std::move(text));
    } else if (child.name == "AllowedMethod") {
      rule.add_allowed_methods(std::move(text));
    } else if (child.name == "AllowedHeader") {
      rule.add_allowed_headers(std::move(text));
    } else if (child.name == "ExposeHeader") {
      rule.add_expose_headers(std::move(text));
    } else if (child.name == "MaxAgeSeconds") {
      uint32_t seconds = 0;
      if (!absl::SimpleAtoi(text, &seconds)) {
        return MalformedXml(absl::StrCat("<MaxAgeSeconds> is ", Shown(text)));
      }
      rule.set_max_age_seconds(seconds);
    }
  }
  if (rule.allowed_origins().empty() || rule.allowed_methods().empty()) {
    return MalformedXml("a <CORSRule> has no <AllowedOrigin> or no <AllowedMethod>");
  }
  return rule;
}

absl::StatusOr<AclGrant> ReadGrant(const XmlElement& element) {
  const XmlElement* const grantee = element.Find("Grantee");
  if (grantee == nullptr) return MalformedXml("a <Grant> has no <Grantee>");
  AclGrant grant;
  if (grantee->Find("EmailAddress") != nullptr) {
    return S3Only(400, "UnresolvableGrantByEmailAddress",
                  "no user here is known by an email address; name the user by <ID>");
  }
  const XmlElement* const uri = grantee->Find("URI");
  const XmlElement* const id = grantee->Find("ID");
  if ((uri == nullptr) == (id == nullptr)) {
    return MalformedXml("a <Grantee> has neither <ID> nor <URI>, or both");
  }
  const bool group = uri != nullptr;
  if (grantee->type != (group ? "Group" : "CanonicalUser")) {
    return MalformedXml(
        "the xsi:type of a <Grantee> is neither CanonicalUser with <ID> nor Group "
        "with <URI>");
  }
  grant.grantee = group ? AclGrant::Grantee::kGroup : AclGrant::Grantee::kUser;
  grant.id = Trimmed(group ? *uri : *id);
  grant.display_name = std::string(grantee->TextOf("DisplayName"));
  grant.permission = std::string(absl::StripAsciiWhitespace(element.TextOf("Permission")));
  if (std::find(std::begin(kPermissions), std::end(kPermissions), grant.permission) ==
      std::end(kPermissions)) {
    return MalformedXml(absl::StrCat("<Permission> is ", Shown(grant.permission)));
  }
  return grant;
}

}  // namespace

absl::StatusOr<v1::Bucket::Versioning> ReadVersioning(absl::string_view xml) {
  ASSIGN_OR_RETURN(const XmlElement root, ReadXml(xml, "VersioningConfiguration"));
  if (const XmlElement* const mfa = root.Find("MfaDelete")) {
    const std::string text = Trimmed(*mfa);
    if (text != "Enabled" && text != "Disabled") {
      return MalformedXml(absl::StrCat("<MfaDelete> is ", Shown(text)));
    }
    if (text == "Enabled") {
      return S3Only(501, "NotImplemented", "MfaDelete is not implemented; leave it out");
    }
  }
  const XmlElement* const status = root.Find("Status");
  if (status == nullptr) {
    return S3Only(400, "IllegalVersioningConfigurationException",
                  "the versioning configuration has no <Status>; give Enabled or Suspended");
  }
  const std::string text = Trimmed(*status);
  if (text == "Enabled") return v1::Bucket::ENABLED;
  if (text == "Suspended") return v1::Bucket::SUSPENDED;
  return MalformedXml(absl::StrCat("<Status> is ", Shown(text), "; it is Enabled or Suspended"));
}

absl::StatusOr<CorsRules> ReadCors(absl::string_view xml) {
  ASSIGN_OR_RETURN(const XmlElement root, ReadXml(xml, "CORSConfiguration"));
  CorsRules rules;
  for (const XmlElement& child : root.children) {
    if (child.name != "CORSRule") continue;
    if (rules.size() == kMaxCorsRules) {
      return MalformedXml(absl::StrCat("there are more than ", kMaxCorsRules, " rules"));
    }
    ASSIGN_OR_RETURN(*rules.Add(), ReadCorsRule(child));
  }
  if (rules.empty()) return MalformedXml("<CORSConfiguration> has no <CORSRule>");
  RETURN_IF_ERROR(ValidateCorsRules(rules));
  return rules;
}

absl::StatusOr<CreateBucketBody> ReadCreateBucket(absl::string_view xml) {
  ASSIGN_OR_RETURN(const XmlElement root, ReadXml(xml, "CreateBucketConfiguration"));
  for (const char* name : {"Location", "Bucket"}) {
    if (root.Find(name) == nullptr) continue;
    return S3Only(501, "NotImplemented",
                  absl::StrCat("<", name, "> is of directory buckets, which are not implemented"));
  }
  CreateBucketBody body;
  body.location = std::string(absl::StripAsciiWhitespace(root.TextOf("LocationConstraint")));
  const XmlElement* const tags = root.Find("Tags");
  if (tags == nullptr) return body;
  for (const XmlElement& child : tags->children) {
    if (child.name != "Tag") continue;
    if (child.Find("Key") == nullptr || child.Find("Value") == nullptr) {
      return MalformedXml("a <Tag> has no <Key> or no <Value>");
    }
    if (body.tags.size() == 2 * kMaxBucketTags) return MalformedXml("there are too many tags");
    v1::Tag* const tag = body.tags.Add();
    tag->set_key(std::string(child.TextOf("Key")));
    tag->set_value(std::string(child.TextOf("Value")));
  }
  return body;
}

absl::StatusOr<AccessControlList> ReadAccessControlPolicy(absl::string_view xml) {
  ASSIGN_OR_RETURN(const XmlElement root, ReadXml(xml, "AccessControlPolicy"));
  AccessControlList acl;
  const XmlElement* const owner = root.Find("Owner");
  const XmlElement* const list = root.Find("AccessControlList");
  if (owner == nullptr || list == nullptr || owner->Find("ID") == nullptr) {
    return MalformedXml(
        "<AccessControlPolicy> has no <Owner> with <ID>, or no <AccessControlList>");
  }
  acl.owner_id = std::string(absl::StripAsciiWhitespace(owner->TextOf("ID")));
  acl.owner_display_name = std::string(owner->TextOf("DisplayName"));
  for (const XmlElement& child : list->children) {
    if (child.name != "Grant") return MalformedXml("<AccessControlList> has more than grants");
    if (acl.grants.size() == kMaxAclGrants) {
      return MalformedXml(absl::StrCat("there are more than ", kMaxAclGrants, " grants"));
    }
    ASSIGN_OR_RETURN(AclGrant grant, ReadGrant(child));
    acl.grants.push_back(std::move(grant));
  }
  return acl;
}

}  // namespace trebol
