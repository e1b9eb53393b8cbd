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

}  // namespace

void Rm(const Arguments& arguments, Console& console) {
  Arguments texts;
  bool recursive = false;
  bool yes = false;
  bool force = false;
  bool all_versions = false;
  std::string version;
  CommandLine line(
      "rm", "trebol://BUCKET/KEY...",
      "Removes objects. With -r: everything below trebol://BUCKET/DIR/, and for\n"
      "trebol://BUCKET/DIR the object of that name too. In a versioned bucket an object that is\n"
      "removed is kept as an older version, unless versions are named.",
      console);
  line.Flag("-r,--recursive", &recursive, "Everything below; asks first");
  line.Flag("-y,--yes", &yes, "Does not ask");
  line.Flag("-f,--force", &force, "An object that does not exist is no failure");
  line.Option("--version", &version, "ID", "This version or delete marker, for good");
  line.Flag("--all-versions", &all_versions,
            "All versions and delete markers, for good; asks first");
  line.Positionals(&texts, 1, SIZE_MAX);
  line.Example("trebol rm trebol://photos/2026/beach.jpg");
  line.Example("trebol rm -r --yes trebol://photos/2026/");
  if (!line.Parse(arguments)) return;
  std::vector<ObjectUrl> urls;
  for (const std::string& text : texts) {
    const auto url = recursive ? ParseUrl(text) : ParseKeyUrl(text);
    if (!url.ok()) return console.Usage(url.status().message());
    urls.push_back(*url);
  }
  if (!version.empty() && (urls.size() > 1 || recursive || all_versions)) {
    return console.Usage("--version goes with one object, without -r and --all-versions");
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  for (const ObjectUrl& url : urls) {
    if (!recursive && !all_versions) {
      RemoveOne(*client, url, version, force, console);
      continue;
    }
    const std::string name = Printable(url.ToString());
    const char* what = recursive ? "everything below " : "all versions of ";
    if (!yes && !console.Confirm(absl::StrCat("Remove ", what, name, "?"))) {
      console.Usage(absl::StrCat(name, ": nothing was removed; say --yes to remove all ",
                                 recursive ? "below it" : "versions of it"));
      continue;
    }
    if (all_versions) {
      RemoveVersions(*client, url, recursive, console);
    } else {
      RemoveBelow(*client, url, force, console);
    }
  }
}

}  // namespace trebol::cli
