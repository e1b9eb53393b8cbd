#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cli/command_line.h"
#include "cli/completion_scripts.h"
#include "cli/verbs.h"

namespace trebol::cli {

void Completion(const Arguments& arguments, Console& console) {
  Arguments shells;
  CommandLine line("completion", "bash|zsh|fish",
                   "Prints a script that makes the shell complete verbs, options and names.",
                   console);
  line.Positionals(&shells, 1, 1);
  line.Example("source <(trebol completion bash)                 # in ~/.bashrc");
  line.Example("source <(trebol completion zsh)                  # in ~/.zshrc, after compinit");
  line.Example("trebol completion fish | source                  # in config.fish");
  if (!line.Parse(arguments)) return;
  std::string verbs;
  std::string groups;
  for (const std::string& name : VerbNames()) {
    const std::string word = name.substr(0, name.find(' '));
    if (!verbs.empty() &&
        absl::StrCat(" ", verbs, " ").find(absl::StrCat(" ", word, " ")) != std::string::npos) {
      continue;
    }
    absl::StrAppend(&verbs, verbs.empty() ? "" : " ", word);
    if (word != name) absl::StrAppend(&groups, groups.empty() ? "" : " ", word);
  }
  const auto filled = [&](const char* script) {
    return absl::StrReplaceAll(script, {{"@VERBS@", verbs}, {"@GROUPS@", groups}});
  };
  if (shells[0] == "bash") {
    (void)console.Write(filled(kBashCompletion));
  } else if (shells[0] == "zsh") {
    (void)console.Write(filled(kZshCompletion));
  } else if (shells[0] == "fish") {
    (void)console.Write(filled(kFishCompletion));
  } else {
    return console.Usage(absl::StrCat("'", shells[0], "' is none of bash, zsh and fish"));
  }
  console.Succeed();
}

}  // namespace trebol::cli
