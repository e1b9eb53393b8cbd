#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cli/command_line.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

// The scripts ask the program itself, so that they never know less than it does: its help for verbs
// and options, and a listing, of two seconds at most, for names.
// clang-format off
constexpr char kBash[] = R"sh(# The verbs are known; options and names are asked for.
_trebol_options() {
  trebol "$@" --help 2>/dev/null | grep -oE -- '(^|[ ,])--[a-z][a-z-]*' | tr -d ' ,' | sort -u
}
_trebol_names() {
  local bucket=${1#trebol://}
  if [[ $bucket != */* ]]; then
    timeout 2 trebol ls 2>/dev/null | awk '{ print $NF "/" }'
  else
    timeout 2 trebol ls "${1%/*}/" 2>/dev/null | head -n 500 |
      awk -v bucket="trebol://${bucket%%/*}/" '{ print bucket $NF }'
  fi
}
_trebol() {
  local word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT} verb=${COMP_WORDS[1]} IFS=$'\n'
  local whole=${line##* } second=() names  # a colon splits words, a URL is one all the same
  [[ " @GROUPS@ " == *" $verb "* ]] && second=("${COMP_WORDS[2]}")
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "$(tr ' ' '\n' <<<'@VERBS@')" -- "$word"))
  elif ((COMP_CWORD == 2 && ${#second[@]} == 1)); then
    names=$(trebol help 2>/dev/null | awk -v verb="$verb" '$1 == verb { print $2 }')
    COMPREPLY=($(compgen -W "$names" -- "$word"))
  elif [[ $word == -* ]]; then
    COMPREPLY=($(compgen -W "$(_trebol_options "$verb" "${second[@]}")" -- "$word"))
  elif [[ $whole == trebol://* ]]; then
    compopt -o nospace
    COMPREPLY=($(compgen -W "$(_trebol_names "$whole")" -- "$whole"))
    COMPREPLY=("${COMPREPLY[@]#"${whole%"$word"}"}")
  else
    compopt -o default
  fi
}
complete -F _trebol trebol
)sh";

constexpr char kFish[] = R"sh(complete -c trebol -n '__fish_use_subcommand' -f -a '@VERBS@'
complete -c trebol -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(trebol (commandline -opc)[2] --help 2>/dev/null | string match -ra -- "--[a-z][a-z-]*")'
)sh";
// clang-format on

}  // namespace

void Completion(const Arguments& arguments, Console& console) {
  Arguments shells;
  CommandLine line("completion", "bash|zsh|fish",
                   "Prints a script that makes the shell complete verbs, options and names.",
                   console);
  line.Positionals(&shells, 1, 1);
  line.Example("source <(trebol completion bash)                 # in ~/.bashrc");
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
    (void)console.Write(filled(kBash));
  } else if (shells[0] == "zsh") {
    (void)console.Write(
        absl::StrCat("autoload -U +X bashcompinit && bashcompinit\n", filled(kBash)));
  } else if (shells[0] == "fish") {
    (void)console.Write(filled(kFish));
  } else {
    return console.Usage(absl::StrCat("'", shells[0], "' is none of bash, zsh and fish"));
  }
  console.Succeed();
}

}  // namespace trebol::cli
