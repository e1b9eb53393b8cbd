#include <string>

#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/object_url.h"
#include "cli/verbs.h"

namespace trebol::cli {

void BucketVersioning(const Arguments& arguments, Console& console) {
  Arguments words;
  CommandLine line("bucket versioning", "trebol://BUCKET [enabled|suspended]",
                   "Shows whether a bucket keeps older versions of its objects, or sets it. Once\n"
                   "enabled it can only be suspended: the versions that are there stay.",
                   console);
  line.Positionals(&words, 1, 2);
  line.Example("trebol bucket versioning trebol://photos enabled");
  if (!line.Parse(arguments)) return;
  const auto url = ParseBucketUrl(words[0]);
  if (!url.ok()) return console.Usage(url.status().message());
  const bool set = words.size() == 2;
  if (set && words[1] != "enabled" && words[1] != "suspended") {
    return console.Usage(absl::StrCat("'", words[1], "' is neither enabled nor suspended"));
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto bucket = set ? client->SetBucketVersioning(
                                url->bucket, words[1] == "enabled" ? client::Versioning::kEnabled
                                                                   : client::Versioning::kSuspended)
                          : client->HeadBucket(url->bucket);
  if (!bucket.ok()) return console.Fail(url->ToString(), bucket.status());
  console.Succeed();
  if (!set) console.Print(VersioningName(bucket->versioning));
}

}  // namespace trebol::cli
