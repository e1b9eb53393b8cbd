#include "cli/key_options.h"

#include "absl/strings/str_cat.h"
#include "common/config/quantities.h"

namespace trebol::cli {

void KeyOptions::Describe(CommandLine& line) {
  line.Option("--user", &user, "NAME", "The user it acts for; else one of its own, named as it");
  line.Option("--display-name", &display_name, "NAME", "What people are shown; else the user");
  line.Option("--expires", &expires, "TIME", "After which it is refused, from now: 30d, 12h");
  line.Flag("--json", &json, "One JSON object");
}

std::optional<client::AccessKeyOptions> KeyOptions::Take(Console& console) const {
  client::AccessKeyOptions options{.user = user, .display_name = display_name};
  if (expires.empty()) return options;
  const auto after = ParseDuration(expires);
  if (!after.ok() || *after <= absl::ZeroDuration()) {
    console.Usage(absl::StrCat("--expires '", expires, "' is no time from now, such as 30d or 12h",
                               after.ok() ? "" : absl::StrCat(": ", after.status().message())));
    return std::nullopt;
  }
  options.expires = console.environment().clock.WallTime() + *after;
  return options;
}

}  // namespace trebol::cli
