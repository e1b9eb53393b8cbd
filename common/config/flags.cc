#include "common/config/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/nearest.h"

namespace trebol {
namespace {

absl::Status UsageError(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, message);
}

absl::Status UnknownFlag(absl::string_view argument, const std::vector<KnownFlag>& known) {
  const absl::string_view name = argument.substr(0, argument.find('='));
  std::vector<std::string> names;
  for (const KnownFlag& flag : known) names.push_back(absl::StrCat("--", flag.name));
  return UsageError(absl::StrCat("there is no option ", name, "; ", Suggest(name, names)));
}

/// `--switch=value`, which CLI11 would judge by rules of its own, or throw at.
bool TakeSwitchValue(const std::vector<KnownFlag>& known, const std::string& argument,
                     FlagValues* parsed) {
  for (const KnownFlag& flag : known) {
    const std::string prefix = absl::StrCat("--", flag.name, "=");
    if (flag.takes_value || !absl::StartsWith(argument, prefix)) continue;
    parsed->values[flag.name].push_back(argument.substr(prefix.size()));
    return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<FlagValues> ParseFlags(const std::vector<KnownFlag>& known,
                                      const std::vector<std::string>& arguments) {
  CLI::App app;
  app.set_help_flag();  // ours is one of the known flags
  app.allow_extras();
  std::vector<std::pair<std::string, CLI::Option*>> options;
  for (const KnownFlag& flag : known) {
    const std::string spelling = absl::StrCat("--", flag.name);
    CLI::Option* option = flag.takes_value
                              ? app.add_option(spelling, [](const auto&) { return true; })
                              : app.add_flag(spelling, [](int64_t) {});
    if (flag.takes_value) option->expected(1);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    options.emplace_back(flag.name, option);
  }

  FlagValues parsed;
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  std::vector<std::string> reversed;  // the order in which CLI11 wants them
  for (auto argument = std::make_reverse_iterator(dashes); argument != arguments.rend();
       ++argument) {
    if (!TakeSwitchValue(known, *argument, &parsed)) reversed.push_back(*argument);
  }
  try {
    app.parse(std::move(reversed));
  } catch (const CLI::ArgumentMismatch& error) {
    // "--data: 1 required …"
    const std::string what = error.what();
    return UsageError(absl::StrCat(what.substr(0, what.find(':')), " needs a value"));
  } catch (const std::exception& error) {
    return UsageError(error.what());
  }
  for (const std::string& extra : app.remaining()) {
    if (extra.size() > 1 && extra[0] == '-') return UnknownFlag(extra, known);
    parsed.positionals.push_back(extra);
  }
  if (dashes != arguments.end()) {
    parsed.positionals.insert(parsed.positionals.end(), dashes + 1, arguments.end());
  }
  for (const auto& [name, option] : options) {
    std::vector<std::string>& values = parsed.values[name];
    for (const std::string& value : option->results()) values.push_back(value);
    if (values.empty()) parsed.values.erase(name);
  }
  return parsed;
}

}  // namespace trebol
