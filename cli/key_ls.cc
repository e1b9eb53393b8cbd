#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/json.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

std::string Expiry(const client::AccessKey& key, absl::Time now) {
  if (!key.expires.has_value()) return "never";
  return LocalTime(*key.expires) + (*key.expires <= now ? " (expired)" : "");
}

}  // namespace

void KeyLs(const Arguments& arguments, Console& console) {
  std::string user;
  bool json = false;
  CommandLine line("key ls", "", "Lists the keys, without their secrets.", console);
  line.Option("--user", &user, "NAME", "Only those of this user");
  line.Flag("--json", &json, "One JSON object a line");
  line.Example("trebol key ls --user alice");
  if (!line.Parse(arguments)) return;
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto keys = client->ListAccessKeys(user);
  if (!keys.ok()) return console.Fail("", keys.status());
  console.Succeed();
  std::vector<std::vector<std::string>> rows = {{"KEY", "USER", "CREATED", "EXPIRES", ""}};
  for (const client::AccessKey& key : *keys) {
    if (json) {
      console.Print(AccessKeyJson(key));
      continue;
    }
    const bool named = key.display_name != key.user;
    rows.push_back({Printable(key.id), Printable(key.user), LocalTime(key.created),
                    Expiry(key, console.environment().clock.WallTime()),
                    named ? Printable(key.display_name) : ""});
  }
  if (json) return;
  for (const std::string& row : AlignColumns(rows, {})) console.Print(row);
}

}  // namespace trebol::cli
