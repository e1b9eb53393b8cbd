#include "cli/command_line.h"
#include "cli/object_url.h"
#include "cli/verbs.h"

namespace trebol::cli {

void Mb(const Arguments& arguments, Console& console) {
  Arguments urls;
  CommandLine line("mb", "trebol://BUCKET...", "Makes buckets.", console);
  line.Positionals(&urls, 1, SIZE_MAX);
  line.Example("trebol mb trebol://photos");
  if (!line.Parse(arguments)) return;
  std::vector<std::string> buckets;
  for (const std::string& text : urls) {
    const auto url = ParseBucketUrl(text);
    if (!url.ok()) return console.Usage(url.status().message());
    buckets.push_back(url->bucket);
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  for (const std::string& bucket : buckets) {
    const absl::Status status = client->CreateBucket(bucket).status();
    if (status.ok()) {
      console.Succeed();
    } else {
      console.Fail(ObjectUrl{bucket}.ToString(), status);
    }
  }
}

}  // namespace trebol::cli
