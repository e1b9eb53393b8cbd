#include <istream>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/json.h"
#include "cli/key_options.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

/// The first line of standard input.
std::string ReadSecret(Console& console) {
  Environment& environment = console.environment();
  if (environment.in_is_terminal) console.Note("secret (it is shown as you type):");
  std::string line;
  std::getline(environment.in, line);
  return std::string(absl::StripAsciiWhitespace(line));
}

}  // namespace

void KeyImport(const Arguments& arguments, Console& console) {
  KeyOptions options;
  Arguments words;
  CommandLine line("key import", "ID [SECRET|-]",
                   "Takes in a key that clients have already, from another object store. Without\n"
                   "SECRET, or with -, it is read from standard input, where no list of processes\n"
                   "shows it.",
                   console);
  line.Positionals(&words, 1, 2);
  options.Describe(line);
  line.Example("trebol key import AKIAIOSFODNN7EXAMPLE - --user alice < secret.txt");
  if (!line.Parse(arguments)) return;
  const auto taken = options.Take(console);
  if (!taken.has_value()) return;
  const bool given = words.size() == 2 && words[1] != "-";
  const std::string secret = given ? words[1] : ReadSecret(console);
  if (secret.empty()) return console.Usage("there is no secret; name it, or give it by a pipe");
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto key = client->ImportAccessKey(words[0], secret, *taken);
  if (!key.ok()) return console.Fail(Printable(words[0]), key.status());
  console.Succeed();
  if (options.json) return console.Print(AccessKeyJson(*key));
  console.Print(absl::StrCat(Printable(key->id), ": user ", Printable(key->user)));
}

}  // namespace trebol::cli
