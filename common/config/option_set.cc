#include "common/config/option_set.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/base/error.h"
#include "common/base/nearest.h"
#include "common/base/status_macros.h"
#include "common/config/small_file.h"

namespace trebol {
namespace {

using Kind = OptionValue::Kind;

// Sections of the programs that may share a file or an environment with this one.
constexpr std::array<const char*, 4> kProgramSections = {"gateway", "storage", "metadata",
                                                         "server"};
constexpr absl::string_view kFileSuffix = "_FILE";

absl::Status UsageError(absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, message);
}

std::string VariableOf(absl::string_view section, absl::string_view key) {
  return absl::AsciiStrToUpper(absl::StrCat("TREBOL_", section, "_", key));
}

}  // namespace

std::string OptionSet::Option::Variable() const { return VariableOf(section, key); }

std::string OptionSet::Option::FlagSpelling() const {
  return absl::StrCat("--", flag, value.kind == Kind::kSecret ? "-file" : "");
}

OptionSet::OptionSet(ProgramInfo program) : program_(std::move(program)) {}

void OptionSet::Group(std::string title, std::string section) {
  groups_.push_back({std::move(title), std::move(section)});
}

OptionSet::Option& OptionSet::Add(std::string flag, std::string value_name, std::string help,
                                  OptionValue value) {
  if (groups_.empty()) Group("Options", "server");
  Option& option = options_.emplace_back();
  option.section = groups_.back().section;
  option.key = absl::StrReplaceAll(flag, {{"-", "_"}});
  option.flag = std::move(flag);
  option.value_name = std::move(value_name);
  option.help = std::move(help);
  option.group = static_cast<int>(groups_.size()) - 1;
  option.value = std::move(value);
  return option;
}

void OptionSet::Positionals(std::string value_name, std::string help, size_t least, size_t most,
                            std::vector<std::string>* target) {
  positionals_ = {.value_name = std::move(value_name),
                  .help = std::move(help),
                  .least = least,
                  .most = most,
                  .target = target};
}

absl::StatusOr<OptionSet::Outcome> OptionSet::Parse(const std::vector<std::string>& arguments,
                                                    const Environment& environment) {
  std::vector<KnownFlag> known = {{"help", false}, {"version", false}, {"config", true}};
  for (const Option& option : options_) {
    known.push_back({option.FlagSpelling().substr(2), option.value.kind != Kind::kSwitch});
  }
  ASSIGN_OR_RETURN(const FlagValues flags, ParseFlags(known, arguments));
  if (flags.values.contains("help")) return Outcome::kHelp;
  if (flags.values.contains("version")) return Outcome::kVersion;
  RETURN_IF_ERROR(TakePositionals(flags.positionals));
  RETURN_IF_ERROR(CheckVariables(environment));
  ASSIGN_OR_RETURN(const std::optional<SettingsFile> file, FindFile(flags, environment));
  if (file) RETURN_IF_ERROR(CheckFile(*file));
  for (const Option& option : options_) {
    ASSIGN_OR_RETURN(const std::optional<Setting> setting, Find(option, flags, environment, file));
    if (setting) {
      RETURN_IF_ERROR(Assign(option, *setting));
    } else if (option.required) {
      return UsageError(absl::StrCat(option.FlagSpelling(), " ", option.value_name,
                                     " is missing (or ", option.Variable(), "): ", option.help));
    }
  }
  return Outcome::kRun;
}

std::optional<int> OptionSet::ParseOrExitCode(int argc, const char* const* argv) {
  const auto outcome = Parse(std::vector<std::string>(argv + 1, argv + argc), ProcessEnvironment());
  if (!outcome.ok()) {
    std::cerr << program_.name << ": " << outcome.status().message() << "\n"
              << "Try '" << program_.name << " --help'.\n";
    return 2;
  }
  if (*outcome == Outcome::kRun) return std::nullopt;
  if (*outcome == Outcome::kHelp) {
    std::cout << Help();
  } else {
    std::cout << program_.name << " " << program_.version << "\n";
  }
  return 0;
}

absl::Status OptionSet::TakePositionals(std::vector<std::string> positionals) {
  if (positionals.size() > positionals_.most) {
    return UsageError(absl::StrCat("'", positionals[positionals_.most],
                                   "' is one argument too many",
                                   positionals_.most == 0 ? "; options begin with --" : ""));
  }
  if (positionals.size() < positionals_.least) {
    return UsageError(absl::StrCat(positionals_.value_name, " is missing: ", positionals_.help));
  }
  if (positionals_.target != nullptr) *positionals_.target = std::move(positionals);
  return absl::OkStatus();
}

std::vector<std::string> OptionSet::KnownSections() const {
  std::vector<std::string> sections;
  for (const Option& option : options_) {
    if (std::find(sections.begin(), sections.end(), option.section) == sections.end()) {
      sections.push_back(option.section);
    }
  }
  return sections;
}

absl::Status OptionSet::CheckVariables(const Environment& environment) const {
  std::vector<std::string> known;
  for (const Option& option : options_) {
    known.push_back(option.Variable());
    if (option.value.kind == Kind::kSecret)
      known.push_back(absl::StrCat(known.back(), kFileSuffix));
  }
  const std::vector<std::string> own = KnownSections();
  for (const auto& [name, value] : environment) {
    if (!absl::StartsWith(name, "TREBOL_") || IsForeignVariable(name, value) ||
        std::find(known.begin(), known.end(), name) != known.end()) {
      continue;
    }
    const bool of_another_program = std::any_of(
        kProgramSections.begin(), kProgramSections.end(), [&](absl::string_view section) {
          return std::find(own.begin(), own.end(), section) == own.end() &&
                 absl::StartsWith(name, VariableOf(section, ""));
        });
    if (of_another_program) continue;
    return UsageError(absl::StrCat("the environment variable ", name, " is no setting of ",
                                   program_.name, "; ", Suggest(name, known)));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<SettingsFile>> OptionSet::FindFile(const FlagValues& flags,
                                                                const Environment& environment) {
  const auto flag = flags.values.find("config");
  const auto variable = environment.find("TREBOL_CONFIG");
  if (flag != flags.values.end()) {
    if (flag->second.size() > 1) return UsageError("--config is given twice");
    file_path_ = flag->second[0];
  } else if (variable != environment.end() && !variable->second.empty()) {
    file_path_ = variable->second;
  } else {
    return std::nullopt;
  }
  ASSIGN_OR_RETURN(SettingsFile file, ReadSettingsFile(file_path_));
  return std::optional<SettingsFile>(std::move(file));
}

absl::Status OptionSet::CheckFile(const SettingsFile& file) const {
  std::vector<std::string> sections = KnownSections();
  const size_t own = sections.size();
  sections.insert(sections.end(), kProgramSections.begin(), kProgramSections.end());
  for (const SettingsFile::Section& section : file.sections) {
    if (std::find(sections.begin(), sections.end(), section.name) != sections.end()) continue;
    return UsageError(absl::StrCat(file_path_, ":", section.line, ": there is no section [",
                                   section.name, "]; ", Suggest(section.name, sections)));
  }
  sections.resize(own);
  for (const FileSetting& setting : file.settings) {
    if (std::find(sections.begin(), sections.end(), setting.section) == sections.end()) continue;
    std::vector<std::string> keys;
    for (const Option& option : options_) {
      if (option.section != setting.section) continue;
      keys.push_back(option.key);
      if (option.value.kind == Kind::kSecret) keys.push_back(absl::StrCat(option.key, "_file"));
    }
    if (std::find(keys.begin(), keys.end(), setting.key) != keys.end()) continue;
    return UsageError(absl::StrCat(file_path_, ":", setting.line, ": [", setting.section,
                                   "] has no key '", setting.key, "'; ",
                                   Suggest(setting.key, keys)));
  }
  return absl::OkStatus();
}

std::optional<OptionSet::Setting> OptionSet::FromFlag(const Option& option,
                                                      const FlagValues& flags) const {
  const auto found = flags.values.find(option.FlagSpelling().substr(2));
  if (found == flags.values.end()) return std::nullopt;
  return Setting{.texts = found->second, .origin = option.FlagSpelling()};
}

std::optional<OptionSet::Setting> OptionSet::FromVariable(const std::string& name,
                                                          const Environment& environment) const {
  const auto found = environment.find(name);
  if (found == environment.end() || found->second.empty()) return std::nullopt;
  return Setting{.texts = {found->second}, .origin = name};
}

std::optional<OptionSet::Setting> OptionSet::FromFile(
    const Option& option, absl::string_view key, const std::optional<SettingsFile>& file) const {
  if (!file) return std::nullopt;
  for (const FileSetting& setting : file->settings) {
    if (setting.section != option.section || setting.key != key) continue;
    return Setting{.texts = setting.texts, .origin = absl::StrCat(file_path_, ":", setting.line)};
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<OptionSet::Setting>> OptionSet::Find(
    const Option& option, const FlagValues& flags, const Environment& environment,
    const std::optional<SettingsFile>& file) const {
  const std::string variable = option.Variable();
  std::optional<Setting> flag = FromFlag(option, flags);
  if (option.value.kind != Kind::kSecret) {
    if (flag) return flag;
    if (auto setting = FromVariable(variable, environment)) return setting;
    return FromFile(option, option.key, file);
  }
  // From each source either the secret or the file that holds it.
  std::optional<Setting> direct;
  std::optional<Setting> path = std::move(flag);
  if (!path) {
    direct = FromVariable(variable, environment);
    path = FromVariable(absl::StrCat(variable, kFileSuffix), environment);
  }
  if (!direct && !path) {
    direct = FromFile(option, option.key, file);
    path = FromFile(option, absl::StrCat(option.key, "_file"), file);
  }
  if (direct && path) {
    return UsageError(
        absl::StrCat(direct->origin, " and ", path->origin, " set the same secret: leave one out"));
  }
  if (!path) return direct;
  if (path->texts.size() != 1) {
    return UsageError(absl::StrCat(path->origin, " is given more than once"));
  }
  absl::StatusOr<std::string> secret = ReadSmallFile(path->texts[0]);
  if (!secret.ok()) return Annotate(secret.status(), path->origin);
  absl::StripTrailingAsciiWhitespace(&*secret);
  if (secret->empty()) {
    return UsageError(absl::StrCat(path->origin, ": the file '", path->texts[0], "' is empty"));
  }
  return Setting{.texts = {*std::move(secret)}, .origin = path->origin};
}

absl::Status OptionSet::Assign(const Option& option, const Setting& setting) const {
  std::vector<std::string> texts = setting.texts;
  if (option.value.kind == Kind::kList) {
    // Commas separate; empty elements (a trailing comma) say nothing.
    texts = absl::StrSplit(absl::StrJoin(texts, ","), ',', absl::SkipWhitespace());
    for (std::string& text : texts) text = std::string(absl::StripAsciiWhitespace(text));
  } else if (texts.size() != 1) {
    return UsageError(
        absl::StrCat(setting.origin, " is given ", texts.size(), " values, but takes one"));
  }
  option.value.clear();
  for (const std::string& text : texts) {
    const absl::Status status = option.value.assign(text);
    if (status.ok()) continue;
    const std::string shown =
        option.value.kind == Kind::kSecret ? "the secret" : absl::StrCat("'", text, "'");
    const bool from_flag = setting.origin == option.FlagSpelling();
    return UsageError(absl::StrCat(from_flag ? "" : absl::StrCat(setting.origin, ": "),
                                   option.FlagSpelling(), ": ", shown,
                                   " is not accepted: ", status.message()));
  }
  return absl::OkStatus();
}

}  // namespace trebol
