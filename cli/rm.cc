#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/object_url.h"
#include "cli/remote_tree.h"
#include "cli/verbs.h"
#include "common/base/error.h"

namespace trebol::cli {
namespace {

void RemoveOne(const client::Client& client, const ObjectUrl& url, const std::string& version,
               bool force, Console& console) {
  const auto deleted = client.DeleteObject(url.bucket, url.key, {.version = version});
  if (!deleted.ok()) return console.Fail(Printable(url.ToString()), deleted.status());
  if (deleted->existed || deleted->delete_marker || force) return console.Succeed();
  console.Fail(
      Printable(url.ToString()),
      MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND,
                url.ends_in_slash ? "there is no such object; add -r for everything below it"
                                  : "there is no such object; -f takes that for removed"));
}

struct Options {
  Arguments texts;
  std::string version;
  bool recursive = false;
  bool yes = false;
  bool force = false;
  bool all_versions = false;
  bool uploads = false;
};

/// What is asked about before it is done; empty for single objects.
std::string WholeOf(const Options& options) {
  const char* below = options.recursive ? "everything below " : "";
  if (options.uploads) return absl::StrCat("all unfinished uploads of ", below);
  if (options.all_versions) return absl::StrCat("all versions of ", below);
  return below;
}

void RemoveWhole(const client::Client& client, const ObjectUrl& url, const Options& options,
                 Console& console) {
  const std::string what = absl::StrCat(WholeOf(options), Printable(url.ToString()));
  if (!options.yes && !console.Confirm(absl::StrCat("Remove ", what, "?"))) {
    return console.Usage(absl::StrCat("nothing was removed; say --yes to remove ", what));
  }
  if (options.uploads) {
    AbortUploads(client, url, options.recursive, options.force, console);
  } else if (options.all_versions) {
    RemoveVersions(client, url, options.recursive, options.force, console);
  } else {
    RemoveBelow(client, url, options.force, console);
  }
}

}  // namespace

void Rm(const Arguments& arguments, Console& console) {
  Options options;
  CommandLine line(
      "rm", "trebol://BUCKET/KEY...",
      "Removes objects. With -r: everything below trebol://BUCKET/DIR/, and for\n"
      "trebol://BUCKET/DIR the object of that name too. In a versioned bucket an object that is\n"
      "removed is kept as an older version, unless versions are named.",
      console);
  line.Flag("-r,--recursive", &options.recursive, "Everything below; asks first");
  line.Flag("-y,--yes", &options.yes, "Does not ask");
  line.Flag("-f,--force", &options.force, "What does not exist is no failure");
  line.Option("--version", &options.version, "ID", "This version or delete marker, for good");
  line.Flag("--all-versions", &options.all_versions,
            "All versions and delete markers, for good; asks first");
  line.Flag("--uploads", &options.uploads,
            "Not the object, but what interrupted uploads of it hold; asks first");
  line.Positionals(&options.texts, 1, SIZE_MAX);
  line.Example("trebol rm trebol://photos/2026/beach.jpg");
  line.Example("trebol rm -r --yes trebol://photos/2026/");
  line.Example("trebol rm -r --uploads trebol://photos");
  if (!line.Parse(arguments)) return;
  std::vector<ObjectUrl> urls;
  for (const std::string& text : options.texts) {
    const auto url = options.recursive ? ParseUrl(text) : ParseKeyUrl(text);
    if (!url.ok()) return console.Usage(url.status().message());
    urls.push_back(*url);
  }
  const bool whole = options.recursive || options.all_versions || options.uploads;
  if (!options.version.empty() && (urls.size() > 1 || whole)) {
    return console.Usage("--version goes with one object, without -r, --all-versions, --uploads");
  }
  if (options.all_versions && options.uploads) {
    return console.Usage("--all-versions and --uploads are two commands");
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  for (const ObjectUrl& url : urls) {
    if (whole) {
      RemoveWhole(*client, url, options, console);
    } else {
      RemoveOne(*client, url, options.version, options.force, console);
    }
  }
}

}  // namespace trebol::cli
