#include "cli/completion_scripts.h"

namespace trebol::cli {

// clang-format off
const char kBashCompletion[] = R"sh(# Completion of trebol for bash: source <(trebol completion bash)
_trebol_second() { trebol help 2>/dev/null | awk -v verb="$1" '$1 == verb { print $2 }'; }
_trebol_options() {
  trebol "$@" --help 2>/dev/null | sed -nE 's/^  (-[a-zA-Z], )?(--[a-z][a-z-]*).*/\2/p'
}
_trebol_names() {  # of buckets, or of what begins with a trebol://BUCKET/PREFIX; one a line
  local bucket=${1#trebol://}
  if [[ $bucket != */* ]]; then
    timeout 2 trebol ls 2>/dev/null | sed -nE 's|^.{19}  (trebol://.*)$|\1/|p'
  else
    # A backslash may stand for something that is not shown as it is.
    timeout 2 trebol ls "$1" 2>/dev/null | head -n 500 | sed -nE 's/^.{19} +[^ ]+  ([^\\]*)$/\1/p' |
      while IFS= read -r name; do printf 'trebol://%s/%s\n' "${bucket%%/*}" "$name"; done
  fi
}
_trebol_offer() {  # adds the lines of its input that begin with $1; what stands before $2 is there
  local line word
  while IFS= read -r line; do
    printf -v word %q "$line"
    [[ $word == "$1"* ]] && COMPREPLY+=("${word#"$2"}")
  done
}
_trebol() {
  local word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT} verb=${COMP_WORDS[1]}
  local second=() whole place=2 words
  # A colon or an equals sign ends a word for bash; a URL is one all the same.
  [[ $line =~ ([^[:space:]\\]|\\.)*$ ]] && whole=${BASH_REMATCH[0]}
  [[ $word == *[^:=]* ]] || word=''
  [[ $whole == *"$word" ]] || whole=$word
  [[ " @GROUPS@ " == *" $verb "* ]] && { second=("${COMP_WORDS[2]}"); place=3; }
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _trebol_offer "$word" < <(printf '%s\n' @VERBS@)
  elif ((COMP_CWORD == 2 && place == 3)); then
    _trebol_offer "$word" < <(_trebol_second "$verb")
  elif [[ $whole == trebol:* ]]; then
    compopt -o nospace
    _trebol_offer "$whole" "${whole%"$word"}" < <(_trebol_names "${whole//\\/}")
  elif [[ $word == -* ]]; then
    _trebol_offer "$word" < <(_trebol_options "$verb" "${second[@]}")
  elif [[ $verb == completion ]]; then
    _trebol_offer "$word" < <(printf '%s\n' bash zsh fish)
  elif [[ $verb == bucket && ${second[0]} == versioning && $line == *' trebol://'* ]]; then
    _trebol_offer "$word" < <(printf '%s\n' enabled suspended)
  elif [[ -n $word && trebol:// == "$word"* ]]; then
    compopt -o nospace
    _trebol_offer "$word" < <(printf '%s\n' trebol:// && compgen -f -- "$word")
  else
    compopt -o default
  fi
}
complete -F _trebol trebol
)sh";

const char kZshCompletion[] = R"sh(#compdef trebol
# Completion of trebol for zsh: source <(trebol completion zsh)
(( $+functions[compdef] )) || { autoload -U compinit && compinit -D }
_trebol_names() {  # of buckets, or of what begins with a trebol://BUCKET/PREFIX; one a line
  local bucket=${1#trebol://} name
  if [[ $bucket != */* ]]; then
    timeout 2 trebol ls 2>/dev/null | sed -nE 's|^.{19}  (trebol://.*)$|\1/|p'
  else
    # A backslash may stand for something that is not shown as it is.
    timeout 2 trebol ls "$1" 2>/dev/null | head -n 500 | sed -nE 's/^.{19} +[^ ]+  ([^\\]*)$/\1/p' |
      while IFS= read -r name; do print -r -- "trebol://${bucket%%/*}/$name"; done
  fi
}
_trebol() {
  local verb=$words[2] place=2
  local -a verbs=(@VERBS@) groups=(@GROUPS@) asked found
  (( $groups[(Ie)$verb] )) && place=3
  if (( CURRENT == 2 )); then
    compadd -- $verbs
  elif (( CURRENT == 3 && place == 3 )); then
    found=(${(f)"$(trebol help 2>/dev/null | awk -v verb="$verb" '$1 == verb { print $2 }')"})
    compadd -- $found
  elif [[ $PREFIX == trebol:* ]]; then
    found=(${(f)"$(_trebol_names ${(Q)PREFIX})"})
    compadd -S '' -- $found
  elif [[ $PREFIX == -* ]]; then
    asked=($words[2,place])
    found=(${(f)"$(trebol $asked --help 2>/dev/null |
      sed -nE 's/^  (-[a-zA-Z], )?(--[a-z][a-z-]*).*/\2/p')"})
    compadd -- $found
  elif [[ $verb == completion ]]; then
    compadd -- bash zsh fish
  elif [[ $verb == bucket && $words[3] == versioning && $words[4] == trebol:* ]]; then
    compadd -- enabled suspended
  else
    compadd -S '' -- trebol://
    _files
  fi
}
compdef _trebol trebol
)sh";

const char kFishCompletion[] = R"sh(# Completion of trebol for fish: trebol completion fish | source
function __trebol_words  # that stand before the one that is written, without "trebol"
    set -l words (commandline -opc)
    printf '%s\n' $words[2..]
end
function __trebol_group  # whether the verb needs a second word, and it is this one
    set -l words (__trebol_words)
    test (count $words) -eq 1; and contains -- $words[1] @GROUPS@
end
function __trebol_later
    set -l words (__trebol_words)
    test (count $words) -ge 1; and not __trebol_group
end
function __trebol_second
    trebol help 2>/dev/null | awk -v verb=(__trebol_words)[1] '$1 == verb { print $2 }'
end
function __trebol_options
    set -l words (__trebol_words)
    set -l asked $words[1]
    contains -- $words[1] @GROUPS@; and set asked $words[1..2]
    trebol $asked --help 2>/dev/null | sed -nE 's/^  (-[a-zA-Z], )?(--[a-z][a-z-]*)[^ ]*( [A-Z].*)?  +(.*)$/\2\t\4/p'
end
function __trebol_names  # of buckets, or of what begins with a trebol://BUCKET/PREFIX; one a line
    set -l bucket (string replace -r '^trebol://' '' -- $argv[1])
    if not string match -q '*/*' -- $bucket
        timeout 2 trebol ls 2>/dev/null | sed -nE 's|^.{19}  (trebol://.*)$|\1/|p'
    else
        # A backslash may stand for something that is not shown as it is.
        set -l top trebol://(string replace -r '/.*' '' -- $bucket)/
        for name in (timeout 2 trebol ls $argv[1] 2>/dev/null | head -n 500 | sed -nE 's/^.{19} +[^ ]+  ([^\\\\]*)$/\1/p')
            printf '%s\n' $top$name
        end
    end
end
complete -c trebol -n 'test (count (commandline -opc)) -eq 1' -f -a '@VERBS@'
complete -c trebol -n __trebol_group -f -a '(__trebol_second)'
complete -c trebol -n '__trebol_later; and string match -q -- "-*" (commandline -ct)' -f -a '(__trebol_options)'
complete -c trebol -n '__trebol_later; and string match -q -- "trebol:*" (commandline -ct)' -f -a '(__trebol_names (commandline -ct))'
complete -c trebol -n '__trebol_later; and not string match -q -- "trebol:*" (commandline -ct)' -a trebol://
complete -c trebol -n 'test (__trebol_words)[1] = completion' -f -a 'bash zsh fish'
complete -c trebol -n 'string match -q -- "bucket versioning trebol:*" (string join -- " " (__trebol_words))' -f -a 'enabled suspended'
)sh";
// clang-format on

}  // namespace trebol::cli
