#include <string>

#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/json.h"
#include "cli/key_options.h"
#include "cli/verbs.h"

namespace trebol::cli {

void KeyCreate(const Arguments& arguments, Console& console) {
  KeyOptions options;
  CommandLine line("key create", "",
                   "Makes a key and prints it as two lines for a shell. The secret is shown this\n"
                   "once and never again.",
                   console);
  options.Describe(line);
  line.Example("trebol key create --user alice --expires 30d");
  line.Example("eval \"$(trebol key create --user backup)\"");
  if (!line.Parse(arguments)) return;
  const auto taken = options.Take(console);
  if (!taken.has_value()) return;
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto key = client->CreateAccessKey(*taken);
  if (!key.ok()) return console.Fail("", key.status());
  console.Succeed();
  if (options.json) return console.Print(AccessKeyJson(*key));
  console.Print(absl::StrCat("export AWS_ACCESS_KEY_ID=", key->id));
  console.Print(absl::StrCat("export AWS_SECRET_ACCESS_KEY=", key->secret));
}

}  // namespace trebol::cli
