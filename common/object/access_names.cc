#include "common/object/access_names.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"

namespace trebol {
namespace {

absl::Status Refuse(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ACCESS_KEY, message);
}

bool IsNameCharacter(char c) {
  return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.' || c == '@' || c == '+';
}

absl::Status ValidateName(absl::string_view what, absl::string_view name, size_t least,
                          size_t most) {
  if (name.size() >= least && name.size() <= most &&
      std::all_of(name.begin(), name.end(), IsNameCharacter)) {
    return absl::OkStatus();
  }
  return Refuse(absl::StrCat("the ", what, " '", absl::CHexEscape(name.substr(0, 100)),
                             "' has not the form of one; use ", least, " to ", most,
                             " letters, digits, and any of '_-.@+'"));
}

}  // namespace

absl::Status ValidateAccessKeyId(absl::string_view id) {
  return ValidateName("id of a key", id, kMinAccessKeyIdSize, kMaxAccessKeyIdSize);
}

absl::Status ValidateAccessKeySecret(absl::string_view secret) {
  const bool printable =
      std::all_of(secret.begin(), secret.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (printable && secret.size() >= kMinSecretSize && secret.size() <= kMaxSecretSize) {
    return absl::OkStatus();
  }
  return Refuse(absl::StrCat(
      "the secret has ", secret.size(), " bytes", printable ? "" : ", some of them not printable",
      "; use ", kMinSecretSize, " to ", kMaxSecretSize, " printable characters without a space"));
}

absl::Status ValidateUserName(absl::string_view user) {
  return ValidateName("name of a user", user, 1, kMaxUserNameSize);
}

absl::Status ValidateDisplayName(absl::string_view name) {
  const bool controls = std::any_of(name.begin(), name.end(), absl::ascii_iscntrl);
  if (name.size() <= kMaxDisplayNameSize && !controls && IsValidUtf8(name)) {
    return absl::OkStatus();
  }
  return Refuse(absl::StrCat("the display name '", absl::CHexEscape(name.substr(0, 100)), "' has ",
                             name.size(), " bytes, or such as cannot be shown; use up to ",
                             kMaxDisplayNameSize, " bytes of text"));
}

absl::Status ValidateGrants(const google::protobuf::RepeatedPtrField<v1::Grant>& grants) {
  std::set<absl::string_view> users;
  for (const v1::Grant& grant : grants) {
    if (absl::Status status = ValidateUserName(grant.user()); !status.ok()) return status;
    if (!v1::Grant::Right_IsValid(grant.right())) {
      return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                       absl::StrCat("there is no right ", static_cast<int>(grant.right())));
    }
    if (!users.insert(grant.user()).second) {
      return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                       absl::StrCat("the user '", grant.user(), "' is named twice"));
    }
  }
  return absl::OkStatus();
}

absl::string_view OwnerOf(const v1::BucketRow& bucket) {
  return bucket.owner().empty() ? kRootUser : absl::string_view(bucket.owner());
}

}  // namespace trebol
