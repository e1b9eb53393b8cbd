#include "common/config/credentials.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/status_macros.h"
#include "common/config/small_file.h"

namespace trebol {

std::string CredentialsText(const AccessPair& pair) {
  return absl::StrCat("[default]\naws_access_key_id = ", pair.id,
                      "\naws_secret_access_key = ", pair.secret, "\n");
}

absl::StatusOr<AccessPair> ReadCredentials(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadSmallFile(path));
  AccessPair pair;
  bool ours = true;  // what stands before any section too
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (absl::ConsumePrefix(&line, "[")) {
      ours = absl::StripAsciiWhitespace(line.substr(0, line.find(']'))) == "default";
    }
    if (!ours) continue;
    const std::vector<absl::string_view> sides = absl::StrSplit(line, absl::MaxSplits('=', 1));
    if (sides.size() != 2) continue;
    const absl::string_view name = absl::StripAsciiWhitespace(sides[0]);
    const absl::string_view value = absl::StripAsciiWhitespace(sides[1]);
    if (name == "aws_access_key_id") pair.id = std::string(value);
    if (name == "aws_secret_access_key") pair.secret = std::string(value);
  }
  if (!pair.id.empty() && !pair.secret.empty()) return pair;
  return absl::FailedPreconditionError(
      absl::StrCat(path,
                   " names no aws_access_key_id or no aws_secret_access_key in the section "
                   "[default]; restore it. One of a server is drawn anew where it is removed"));
}

std::string ExportLines(const AccessPair& pair) {
  return absl::StrCat("export AWS_ACCESS_KEY_ID=", pair.id,
                      "\nexport AWS_SECRET_ACCESS_KEY=", pair.secret, "\n");
}

}  // namespace trebol
