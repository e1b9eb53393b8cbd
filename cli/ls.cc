#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/json.h"
#include "cli/object_url.h"
#include "cli/verbs.h"
#include "common/base/error.h"

namespace trebol::cli {
namespace {

struct Style {
  bool json = false;
  bool human = false;
};

std::string Columns(const std::string& date, const std::string& size, absl::string_view name) {
  return absl::StrFormat("%-19s  %12s  %s", date, size, name);
}

std::string Show(const client::ObjectInfo& object, const Style& style) {
  if (style.json) return ObjectLine(object);
  return Columns(LocalTime(object.last_modified),
                 style.human ? HumanBytes(object.size) : absl::StrCat(object.size),
                 Printable(object.key));
}

std::string Show(const std::string& prefix, const Style& style) {
  return style.json ? PrefixLine(prefix) : Columns("", "DIR", Printable(prefix));
}

void ListBuckets(const client::Client& client, const Style& style, Console& console) {
  const auto buckets = client.ListBuckets();
  if (!buckets.ok()) return console.Fail("", buckets.status());
  for (const client::Bucket& bucket : *buckets) {
    console.Print(style.json
                      ? BucketLine(bucket)
                      : absl::StrCat(LocalTime(bucket.created), "  ", kUrlScheme, bucket.name));
  }
}

/// Objects and prefixes of a page come in two lists; people read one in order.
void PrintPage(const client::ListObjectsPage& page, const Style& style, Console& console) {
  size_t next = 0;
  for (const std::string& prefix : page.common_prefixes) {
    while (next < page.objects.size() && page.objects[next].key < prefix) {
      console.Print(Show(page.objects[next++], style));
    }
    console.Print(Show(prefix, style));
  }
  while (next < page.objects.size()) console.Print(Show(page.objects[next++], style));
}

std::string ShowVersion(const client::ObjectInfo& version, const Style& style) {
  if (style.json) return VersionLine(version);
  const std::string size = version.delete_marker ? "DELETED"
                           : style.human         ? HumanBytes(version.size)
                                                 : absl::StrCat(version.size);
  return absl::StrCat(Columns(LocalTime(version.last_modified), size, Printable(version.key)), "  ",
                      version.version, version.null_version ? " null" : "",
                      version.latest ? " latest" : "");
}

/// That nothing begins with a prefix is told; an empty bucket is none of that.
void EndOf(const absl::Status& listed, uint64_t found, const ObjectUrl& url, const char* none,
           Console& console) {
  if (!listed.ok()) return console.Fail(Printable(url.ToString()), listed);
  if (found > 0 || url.key.empty()) return;
  console.Fail(Printable(url.ToString()),
               MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND, none));
}

void ListVersions(const client::Client& client, const ObjectUrl& url, bool recursive,
                  const Style& style, Console& console) {
  const client::ListObjectVersionsRequest request{
      .bucket = url.bucket, .prefix = url.key, .delimiter = recursive ? "" : "/"};
  uint64_t found = 0;
  const absl::Status status =
      client.ForEachPage(request, [&](const client::ListObjectVersionsPage& page) {
        found += page.versions.size() + page.common_prefixes.size();
        size_t next = 0;
        for (const std::string& prefix : page.common_prefixes) {
          while (next < page.versions.size() && page.versions[next].key < prefix) {
            console.Print(ShowVersion(page.versions[next++], style));
          }
          console.Print(Show(prefix, style));
        }
        while (next < page.versions.size()) {
          console.Print(ShowVersion(page.versions[next++], style));
        }
        return console.OutputStatus();
      });
  EndOf(status, found, url, "no key has or had a version that begins so", console);
}

void ListUploads(const client::Client& client, const ObjectUrl& url, const Style& style,
                 Console& console) {
  uint64_t found = 0;
  const absl::Status status = client.ForEachPage(
      client::ListMultipartUploadsRequest{.bucket = url.bucket, .prefix = url.key},
      [&](const client::ListMultipartUploadsPage& page) {
        found += page.uploads.size();
        for (const client::MultipartUpload& upload : page.uploads) {
          console.Print(style.json ? UploadLine(upload)
                                   : absl::StrCat(LocalTime(upload.initiated), "  ",
                                                  upload.upload_id, "  ", Printable(upload.key)));
        }
        return console.OutputStatus();
      });
  EndOf(status, found, url, "no unfinished upload is of a key that begins so", console);
}

void ListObjects(const client::Client& client, const ObjectUrl& url, bool recursive,
                 const Style& style, Console& console) {
  uint64_t found = 0;
  const absl::Status status = client.ForEachPage(
      {.bucket = url.bucket, .prefix = url.key, .delimiter = recursive ? "" : "/"},
      [&](const client::ListObjectsPage& page) {
        found += page.objects.size() + page.common_prefixes.size();
        PrintPage(page, style, console);
        return console.OutputStatus();
      });
  EndOf(status, found, url, "no key begins so; trebol ls without the key shows what there is",
        console);
}

}  // namespace

void Ls(const Arguments& arguments, Console& console) {
  Arguments urls;
  bool recursive = false;
  bool versions = false;
  bool uploads = false;
  Style style;
  CommandLine line(
      "ls", "[trebol://BUCKET[/PREFIX]]",
      "Lists buckets, or the objects whose keys begin with PREFIX: date, size in bytes, "
      "key.\nWithout -r, keys that share the next part up to a '/' are shown as one "
      "DIR.",
      console);
  line.Flag("-r,--recursive", &recursive, "Every key, without folding at '/'");
  line.Flag("-h,--human", &style.human, "Sizes as 1.5 MiB");
  line.Flag("--versions", &versions, "All versions and delete markers, with their ids");
  line.Flag("--uploads", &uploads, "What was begun to be uploaded in parts and is not complete");
  line.Flag("--json", &style.json, "One object a line: type, key, size, etag, last_modified, ids");
  line.Positionals(&urls, 0, 1);
  line.Example("trebol ls");
  line.Example("trebol ls trebol://photos/2026/");
  line.Example("trebol ls -r --json trebol://photos | jq .size");
  line.Example("trebol ls --versions trebol://photos/2026/beach.jpg");
  if (!line.Parse(arguments)) return;
  if (versions && uploads) return console.Usage("--versions and --uploads are two commands");
  if ((versions || uploads) && urls.empty()) {
    return console.Usage(absl::StrCat(versions ? "--versions" : "--uploads",
                                      " is about a bucket; name it: trebol://BUCKET"));
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  if (urls.empty()) return ListBuckets(*client, style, console);
  const auto url = ParseUrl(urls[0]);
  if (!url.ok()) return console.Usage(url.status().message());
  if (versions) return ListVersions(*client, *url, recursive, style, console);
  if (uploads) return ListUploads(*client, *url, style, console);
  ListObjects(*client, *url, recursive, style, console);
}

}  // namespace trebol::cli
