#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/access_words.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/json.h"
#include "cli/object_url.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

void Show(const client::BucketAccess& access, bool json, Console& console) {
  if (json) return console.Print(BucketAccessJson(access));
  std::vector<std::vector<std::string>> rows = {{Printable(access.owner), "owner of the bucket"}};
  for (const client::Grant& grant : access.grants) {
    rows.push_back({Printable(grant.user), RightName(grant.right)});
  }
  rows.push_back({"(anybody)", AnonymousName(access.anonymous)});
  for (const std::string& row : AlignColumns(rows, {})) console.Print(row);
}

}  // namespace

void BucketGrant(const Arguments& arguments, Console& console) {
  Arguments words;
  bool json = false;
  CommandLine line(
      "bucket grant", "trebol://BUCKET [USER... read|write|read-write|owner]",
      "Shows who may use a bucket, or grants users a right instead of what they have.\n"
      "write is to put and delete, owner is everything that the owner may.",
      console);
  line.Positionals(&words, 1, SIZE_MAX);
  line.Flag("--json", &json, "One JSON object");
  line.Example("trebol bucket grant trebol://photos alice read-write");
  if (!line.Parse(arguments)) return;
  const auto url = ParseBucketUrl(words[0]);
  if (!url.ok()) return console.Usage(url.status().message());
  client::BucketAccessChange change;
  if (words.size() > 1) {
    const auto right = ParseRight(words.back());
    if (!right.has_value()) {
      return console.Usage(
          absl::StrCat("'", words.back(), "' is no right; use read, write, read-write or owner"));
    }
    if (words.size() == 2) return console.Usage("the user is missing, before the right");
    for (size_t i = 1; i + 1 < words.size(); ++i) change.grants.push_back({words[i], *right});
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto access = change.grants.empty() ? client->GetBucketAccess(url->bucket)
                                            : client->SetBucketAccess(url->bucket, change);
  if (!access.ok()) return console.Fail(url->ToString(), access.status());
  console.Succeed();
  if (json || change.grants.empty()) Show(*access, json, console);
}

void BucketRevoke(const Arguments& arguments, Console& console) {
  Arguments words;
  CommandLine line(
      "bucket revoke", "trebol://BUCKET USER...",
      "Takes away what was granted to users. What anybody may, and what they own, stays.", console);
  line.Positionals(&words, 2, SIZE_MAX);
  line.Example("trebol bucket revoke trebol://photos alice");
  if (!line.Parse(arguments)) return;
  const auto url = ParseBucketUrl(words[0]);
  if (!url.ok()) return console.Usage(url.status().message());
  client::BucketAccessChange change;
  for (size_t i = 1; i < words.size(); ++i) {
    change.grants.push_back({words[i], client::Right::kNone});
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto access = client->SetBucketAccess(url->bucket, change);
  if (!access.ok()) return console.Fail(url->ToString(), access.status());
  console.Succeed();
}

}  // namespace trebol::cli
