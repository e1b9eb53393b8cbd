#pragma once

namespace trebol::cli {

// Scripts that make a shell complete the words of `trebol`, with @VERBS@ (first words of verbs) and
// @GROUPS@ (first words that have a second) to be filled in. Options and names they ask the program
// for, so that they never know less than it does: its help, and listings of two seconds and some
// hundreds of names at most. Names come from whoever may write to a bucket: no script lets its
// shell expand them, and what is put into the command is quoted.

extern const char kBashCompletion[];
extern const char kZshCompletion[];
extern const char kFishCompletion[];

}  // namespace trebol::cli
