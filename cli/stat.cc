#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/json.h"
#include "cli/object_url.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

void PrintField(const char* name, absl::string_view value, Console& console) {
  console.Print(absl::StrFormat("%-14s %s", absl::StrCat(name, ":"), value));
}

void StatBucket(const client::Client& client, const ObjectUrl& url, bool json, Console& console) {
  const auto bucket = client.HeadBucket(url.bucket);
  if (!bucket.ok()) return console.Fail(url.ToString(), bucket.status());
  console.Succeed();
  if (json) return console.Print(BucketJson(*bucket));
  PrintField("bucket", bucket->name, console);
  PrintField("created", LocalTime(bucket->created), console);
  PrintField("versioning", VersioningName(bucket->versioning), console);
  for (const auto& [name, value] : bucket->tags) {
    PrintField("tag", absl::StrCat(Printable(name), "=", Printable(value)), console);
  }
}

void StatObject(const client::Client& client, const ObjectUrl& url, const std::string& version,
                bool json, Console& console) {
  const auto object = client.HeadObject(url.bucket, url.key, {.version = version});
  if (!object.ok()) return console.Fail(Printable(url.ToString()), object.status());
  console.Succeed();
  if (json) return console.Print(ObjectJson(*object));
  PrintField("object", Printable(url.ToString()), console);
  PrintField("size", absl::StrCat(object->size, " (", HumanBytes(object->size), ")"), console);
  PrintField("last modified", LocalTime(object->last_modified), console);
  PrintField("content type", Printable(object->content_type), console);
  PrintField("etag", Printable(object->etag), console);
  PrintField("crc32c", absl::StrFormat("%08x", object->crc32c), console);
  PrintField("version", Printable(object->version), console);
  if (object->parts > 0) PrintField("parts", absl::StrCat(object->parts), console);
  for (const client::Checksum& checksum : object->checksums) {
    PrintField(ChecksumName(checksum).c_str(), absl::BytesToHexString(checksum.value), console);
  }
  const client::ResponseHeaders& headers = object->headers;
  for (const auto& [name, value] :
       {std::pair<const char*, const std::string&>{"encoding", headers.content_encoding},
        {"language", headers.content_language},
        {"disposition", headers.content_disposition},
        {"cache control", headers.cache_control},
        {"expires", headers.expires}}) {
    if (!value.empty()) PrintField(name, Printable(value), console);
  }
  for (const auto& [name, value] : object->tags) {
    PrintField("tag", absl::StrCat(Printable(name), "=", Printable(value)), console);
  }
  for (const auto& [name, value] : object->user_metadata) {
    PrintField("metadata", absl::StrCat(Printable(name), "=", Printable(value)), console);
  }
}

}  // namespace

void Stat(const Arguments& arguments, Console& console) {
  Arguments texts;
  bool json = false;
  std::string version;
  CommandLine line("stat", "trebol://BUCKET[/KEY]...",
                   "Shows what is known about objects or buckets, without their bytes.", console);
  line.Option("--version", &version, "ID", "This version of the object");
  line.Flag("--json", &json, "One JSON object a line");
  line.Positionals(&texts, 1, SIZE_MAX);
  line.Example("trebol stat trebol://photos/2026/beach.jpg");
  line.Example("trebol stat --json trebol://photos | jq .versioning");
  if (!line.Parse(arguments)) return;
  std::vector<ObjectUrl> urls;
  for (const std::string& text : texts) {
    const auto url = ParseUrl(text);
    if (!url.ok()) return console.Usage(url.status().message());
    urls.push_back(*url);
  }
  if (!version.empty() && (urls.size() > 1 || urls[0].key.empty())) {
    return console.Usage("--version goes with one object");
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  for (const ObjectUrl& url : urls) {
    if (url.key.empty()) {
      StatBucket(*client, url, json, console);
    } else {
      StatObject(*client, url, version, json, console);
    }
  }
}

}  // namespace trebol::cli
