#include "cli/path_mapping.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/human.h"

namespace trebol::cli {

std::string BaseName(absl::string_view path) {
  while (absl::EndsWith(path, "/")) path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash != absl::string_view::npos) path.remove_prefix(slash + 1);
  return path == "." || path == ".." ? "" : std::string(path);
}

std::string Join(absl::string_view prefix, absl::string_view rest) {
  if (prefix.empty()) return std::string(rest);
  if (rest.empty()) return std::string(prefix);
  return absl::StrCat(prefix, absl::EndsWith(prefix, "/") ? "" : "/", rest);
}

absl::StatusOr<std::string> PathForKey(absl::string_view key) {
  for (const absl::string_view component : absl::StrSplit(key, '/')) {
    if (!component.empty() && component != "." && component != "..") continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "the key '", Printable(key), "' cannot be a path (it has ",
        component.empty() ? "an empty component" : absl::StrCat("the component '", component, "'"),
        "); copy it by itself, without -r, and give the file a name"));
  }
  return std::string(key);
}

}  // namespace trebol::cli
