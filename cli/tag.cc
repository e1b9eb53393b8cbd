#include <string>

#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/object_url.h"
#include "cli/pairs.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

void PrintTags(const client::Tags& tags, Console& console) {
  for (const auto& [name, value] : tags) {
    console.Print(absl::StrCat(Printable(name), "=", Printable(value)));
  }
}

/// What `trebol tag` and `trebol bucket tag` have in common.
struct TagCommand {
  Arguments words;  // the place, then the tags
  bool clear = false;

  void Describe(CommandLine& line) {
    line.Flag("--clear", &clear, "Takes all tags away");
    line.Positionals(&words, 1, SIZE_MAX);
  }
  /// Tags to set; nothing when they are only asked for, or after a mistake.
  std::optional<client::Tags> Set(Console& console, bool* mistake) const {
    *mistake = false;
    if (words.size() == 1 && !clear) return std::nullopt;
    if (clear && words.size() > 1) {
      console.Usage("--clear takes all tags away; name tags, or clear them");
      *mistake = true;
      return std::nullopt;
    }
    auto tags = ParsePairs("", Arguments(words.begin() + 1, words.end()), console);
    *mistake = !tags.has_value();
    return tags;
  }
};

}  // namespace

void Tag(const Arguments& arguments, Console& console) {
  TagCommand command;
  std::string version;
  CommandLine line("tag", "trebol://BUCKET/KEY [NAME=VALUE...]",
                   "Shows the tags of an object, or gives it these instead of those it has.",
                   console);
  command.Describe(line);
  line.Option("--version", &version, "ID", "Of this version of the object");
  line.Example("trebol tag trebol://photos/beach.jpg place=Tarifa year=2026");
  if (!line.Parse(arguments)) return;
  const auto url = ParseKeyUrl(command.words[0]);
  if (!url.ok()) return console.Usage(url.status().message());
  bool mistake = false;
  const auto tags = command.Set(console, &mistake);
  if (mistake) return;
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto info = tags.has_value()
                        ? client->SetObjectTags(url->bucket, url->key, *tags, {.version = version})
                        : client->HeadObject(url->bucket, url->key, {.version = version});
  if (!info.ok()) return console.Fail(Printable(url->ToString()), info.status());
  console.Succeed();
  if (!tags.has_value()) PrintTags(info->tags, console);
}

void BucketTag(const Arguments& arguments, Console& console) {
  TagCommand command;
  CommandLine line("bucket tag", "trebol://BUCKET [NAME=VALUE...]",
                   "Shows the tags of a bucket, or gives it these instead of those it has.",
                   console);
  command.Describe(line);
  line.Example("trebol bucket tag trebol://photos team=family");
  if (!line.Parse(arguments)) return;
  const auto url = ParseBucketUrl(command.words[0]);
  if (!url.ok()) return console.Usage(url.status().message());
  bool mistake = false;
  const auto tags = command.Set(console, &mistake);
  if (mistake) return;
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const auto bucket = tags.has_value() ? client->SetBucketTags(url->bucket, *tags)
                                       : client->HeadBucket(url->bucket);
  if (!bucket.ok()) return console.Fail(url->ToString(), bucket.status());
  console.Succeed();
  if (!tags.has_value()) PrintTags(bucket->tags, console);
}

}  // namespace trebol::cli
