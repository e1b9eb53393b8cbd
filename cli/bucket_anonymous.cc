#include <string>

#include "absl/strings/str_cat.h"
#include "cli/access_words.h"
#include "cli/command_line.h"
#include "cli/json.h"
#include "cli/object_url.h"
#include "cli/verbs.h"

namespace trebol::cli {

void BucketAnonymous(const Arguments& arguments, Console& console) {
  Arguments words;
  bool json = false;
  CommandLine line("bucket anonymous", "trebol://BUCKET [none|read|upload|read-write]",
                   "Shows what anybody may do with a bucket without a key, or sets it: read is to\n"
                   "list and read (download), upload to put and delete, read-write both (public).",
                   console);
  line.Positionals(&words, 1, 2);
  line.Flag("--json", &json, "One JSON object");
  line.Example("trebol bucket anonymous trebol://downloads read");
  if (!line.Parse(arguments)) return;
  const auto url = ParseBucketUrl(words[0]);
  if (!url.ok()) return console.Usage(url.status().message());
  const bool set = words.size() == 2;
  client::BucketAccessChange change;
  if (set) {
    change.anonymous = ParseAnonymous(words[1]);
    if (!change.anonymous.has_value()) {
      return console.Usage(absl::StrCat("'", words[1],
                                        "' is no anonymous access; use none, read, upload or "
                                        "read-write"));
    }
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto access =
      set ? client->SetBucketAccess(url->bucket, change) : client->GetBucketAccess(url->bucket);
  if (!access.ok()) return console.Fail(url->ToString(), access.status());
  console.Succeed();
  if (json) return console.Print(BucketAccessJson(*access));
  if (!set) console.Print(AnonymousName(access->anonymous));
}

}  // namespace trebol::cli
