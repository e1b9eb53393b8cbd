#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/config/environment.h"
#include "common/config/flags.h"
#include "common/config/option_value.h"
#include "common/config/settings_file.h"

namespace trebol {

/// What --help says about a program.
struct ProgramInfo {
  std::string name;                   // trebol-storage
  std::string usage;                  // --data DIR --metadata HOST:PORT[,…] [OPTIONS]
  std::string summary;                // whole sentences: what it is, for somebody new
  std::vector<std::string> examples;  // whole commands
  std::string version;
};

/// The settings of a program, each from the strongest of: flag, environment variable
/// TREBOL_<SECTION>_<KEY>, `key` of `[section]` in the file that --config (or TREBOL_CONFIG) names,
/// default. Nothing is passed over in silence: an unknown flag, section, key or TREBOL_ variable is
/// an error that names the nearest known one, a malformed value is one that says which, what was
/// accepted, and where it was set. Sections and variables of the other programs are no concern of
/// this one: a cluster may share one file. An empty variable counts as not set.
///
/// Declared and used once, by main, on one thread:
///   OptionSet options({.name = "trebol-storage", …});
///   options.Group("Storage node", "storage");
///   options.Add("data", "DIR", "Where chunks are kept", TextValue(&data)).required = true;
///   if (const auto code = options.ParseOrExitCode(argc, argv)) return *code;
class OptionSet {
 public:
  struct Option {
    std::string flag;  // without dashes
    std::string section;
    std::string key;
    std::string value_name;  // as in --data DIR
    std::string help;
    bool required = false;
    int group = 0;
    OptionValue value;

    std::string Variable() const;      // TREBOL_STORAGE_DATA
    std::string FlagSpelling() const;  // --data; --cluster-secret-file for a secret
  };

  explicit OptionSet(ProgramInfo program);

  /// Options added from here on stand under `title` in --help and in `section` elsewhere.
  void Group(std::string title, std::string section);

  /// `--flag`, TREBOL_<SECTION>_<KEY>; the key is the flag with `_` for `-`, unless it is set in
  /// the result before the next call. A secret called `flag` is given as `--flag-file FILE`,
  /// TREBOL_<SECTION>_<KEY> or …_FILE, `key` or `key_file`; a trailing newline is not part of it.
  Option& Add(std::string flag, std::string value_name, std::string help, OptionValue value);

  /// What stands on the command line without a flag (`trebol server DIR…`); none unless declared.
  void Positionals(std::string value_name, std::string help, size_t least, size_t most,
                   std::vector<std::string>* target);

  enum class Outcome { kRun, kHelp, kVersion };
  /// Fills the targets. `arguments` without the program's name. Errors are INVALID_ARGUMENT, or
  /// that of a file that cannot be read; some targets may have been filled by then.
  absl::StatusOr<Outcome> Parse(const std::vector<std::string>& arguments,
                                const Environment& environment);

  /// Parse for main: nullopt to go on; 0 after --help or --version were answered on the standard
  /// output; 2 after a usage error was explained on the standard error stream.
  std::optional<int> ParseOrExitCode(int argc, const char* const* argv);

  std::string Help() const;

 private:
  /// What one source says of an option, and how to call that place in an error.
  struct Setting {
    std::vector<std::string> texts;
    std::string origin;
  };
  struct PositionalArguments {
    std::string value_name;
    std::string help;
    size_t least = 0;
    size_t most = 0;
    std::vector<std::string>* target = nullptr;
  };
  struct GroupInfo {
    std::string title;
    std::string section;
  };

  absl::StatusOr<std::optional<SettingsFile>> FindFile(const FlagValues& flags,
                                                       const Environment& environment);
  absl::Status CheckVariables(const Environment& environment) const;
  absl::Status CheckFile(const SettingsFile& file) const;
  absl::Status TakePositionals(std::vector<std::string> positionals);
  std::vector<std::string> KnownSections() const;

  /// The strongest source that sets it; secrets are already read from the files they name.
  absl::StatusOr<std::optional<Setting>> Find(const Option& option, const FlagValues& flags,
                                              const Environment& environment,
                                              const std::optional<SettingsFile>& file) const;
  std::optional<Setting> FromFlag(const Option& option, const FlagValues& flags) const;
  std::optional<Setting> FromVariable(const std::string& name,
                                      const Environment& environment) const;
  std::optional<Setting> FromFile(const Option& option, absl::string_view key,
                                  const std::optional<SettingsFile>& file) const;
  absl::Status Assign(const Option& option, const Setting& setting) const;

  const ProgramInfo program_;
  std::vector<GroupInfo> groups_;
  std::vector<Option> options_;
  PositionalArguments positionals_;
  std::string file_path_;
};

}  // namespace trebol
