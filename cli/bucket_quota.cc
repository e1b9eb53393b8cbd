#include <string>

#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/json.h"
#include "cli/object_url.h"
#include "cli/verbs.h"
#include "common/config/quantities.h"

namespace trebol::cli {

void BucketQuota(const Arguments& arguments, Console& console) {
  Arguments words;
  bool json = false;
  CommandLine line(
      "bucket quota", "trebol://BUCKET [SIZE|none]",
      "Shows how many bytes a bucket holds and may hold, or sets it. All versions count,\n"
      "once. Writes that would pass it are refused; what is there stays.",
      console);
  line.Positionals(&words, 1, 2);
  line.Flag("--json", &json, "One JSON object");
  line.Example("trebol bucket quota trebol://photos 500GiB");
  if (!line.Parse(arguments)) return;
  const auto url = ParseBucketUrl(words[0]);
  if (!url.ok()) return console.Usage(url.status().message());
  const bool set = words.size() == 2;
  uint64_t quota = 0;
  if (set && words[1] != "none") {
    const auto size = ParseSize(words[1]);
    if (!size.ok()) return console.Usage(size.status().message());
    if (*size == 0) return console.Usage("a quota of 0 would be none; say 'none' if you mean that");
    quota = *size;
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto access =
      set ? client->SetBucketQuota(url->bucket, quota) : client->GetBucketAccess(url->bucket);
  if (!access.ok()) return console.Fail(url->ToString(), access.status());
  console.Succeed();
  if (json) return console.Print(BucketAccessJson(*access));
  if (set) return;
  const client::BucketUsage usage = access->usage.value_or(client::BucketUsage());
  const std::string of =
      access->quota_bytes == 0 ? "no quota" : absl::StrCat("of ", HumanBytes(access->quota_bytes));
  console.Print(absl::StrCat(HumanBytes(usage.bytes), access->quota_bytes == 0 ? ", " : " ", of,
                             ", ", Count(usage.objects, "object"), ", ",
                             Count(usage.old_versions, "old version")));
}

}  // namespace trebol::cli
