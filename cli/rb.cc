#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/object_url.h"
#include "cli/remote_tree.h"
#include "cli/verbs.h"
#include "common/base/error.h"

namespace trebol::cli {

namespace {

/// Removes what is in the bucket. False if there may be more, which was named.
bool Empty(const client::Client& client, const ObjectUrl& url, Console& console) {
  return RemoveVersions(client, url, /*below=*/true, /*may_be_none=*/true, console) &&
         AbortUploads(client, url, /*below=*/true, /*may_be_none=*/true, console);
}

}  // namespace

void Rb(const Arguments& arguments, Console& console) {
  Arguments texts;
  bool force = false;
  CommandLine line("rb", "trebol://BUCKET...", "Removes buckets. A bucket must be empty.", console);
  line.Flag("-f,--force", &force,
            "Removes everything in it first, without asking: objects, versions, uploads");
  line.Positionals(&texts, 1, SIZE_MAX);
  line.Example("trebol rb trebol://photos");
  line.Example("trebol rb --force trebol://scratch");
  if (!line.Parse(arguments)) return;
  std::vector<ObjectUrl> urls;
  for (const std::string& text : texts) {
    const auto url = ParseBucketUrl(text);
    if (!url.ok()) return console.Usage(url.status().message());
    urls.push_back({.bucket = url->bucket});
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  for (const ObjectUrl& url : urls) {
    if (force && !Empty(*client, url, console)) continue;
    if (console.environment().stop.stop_requested()) return;
    const absl::Status status = client->DeleteBucket(url.bucket);
    if (status.ok()) {
      console.Succeed();
    } else if (ReasonOf(status) == v1::BUCKET_NOT_EMPTY && !force) {
      console.Fail(url.ToString(),
                   MakeError(status.code(), v1::BUCKET_NOT_EMPTY,
                             "it is not empty; --force removes what is in it, older versions and "
                             "unfinished uploads, too"));
    } else {
      console.Fail(url.ToString(), status);
    }
  }
}

}  // namespace trebol::cli
