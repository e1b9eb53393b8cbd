#include <string>

#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/verbs.h"

namespace trebol::cli {

void KeyRm(const Arguments& arguments, Console& console) {
  Arguments ids;
  CommandLine line(
      "key rm", "ID...",
      "Deletes keys. What the user of a key owns stays. Gateways refuse the key within\n"
      "ten seconds, or within five minutes if they cannot ask metadata.",
      console);
  line.Positionals(&ids, 1, SIZE_MAX);
  line.Example("trebol key rm AKIAIOSFODNN7EXAMPLE");
  if (!line.Parse(arguments)) return;
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  for (const std::string& id : ids) {
    const absl::Status status = client->DeleteAccessKey(id);
    if (status.ok()) {
      console.Succeed();
    } else {
      console.Fail(Printable(id), status);
    }
  }
}

}  // namespace trebol::cli
