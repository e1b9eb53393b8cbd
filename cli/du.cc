#include <algorithm>
#include <map>
#include <string>

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

constexpr int kMostDepth = 100;

struct Sum {
  uint64_t bytes = 0;
  uint64_t objects = 0;
};

/// Sums a key and every prefix of it that ends in '/', down to `depth` below `top`.
class Sums {
 public:
  Sums(std::string top, int depth) : top_(std::move(top)), depth_(depth) {}

  void Add(const std::string& key, uint64_t size) {
    size_t end = top_.size();
    for (int level = 0; level <= depth_; ++level) {
      Sum& sum = sums_[key.substr(0, end)];
      sum.bytes += size;
      ++sum.objects;
      end = key.find('/', end);
      if (end == std::string::npos) return;
      ++end;
    }
  }
  const std::map<std::string, Sum>& sums() const { return sums_; }

 private:
  const std::string top_;
  const int depth_;
  std::map<std::string, Sum> sums_;
};

absl::Status AddObjects(const client::Client& client, const ObjectUrl& url, bool all_versions,
                        Sums& sums) {
  if (!all_versions) {
    return client.ForEachPage({.bucket = url.bucket, .prefix = url.key, .page_size = 10'000},
                              [&sums](const client::ListObjectsPage& page) {
                                for (const auto& object : page.objects) {
                                  sums.Add(object.key, object.size);
                                }
                                return absl::OkStatus();
                              });
  }
  client::ListObjectVersionsRequest request{.bucket = url.bucket, .prefix = url.key};
  request.page_size = 10'000;
  return client.ForEachPage(request, [&sums](const client::ListObjectVersionsPage& page) {
    for (const auto& version : page.versions) {
      if (!version.delete_marker) sums.Add(version.key, version.size);
    }
    return absl::OkStatus();
  });
}

}  // namespace

void Du(const Arguments& arguments, Console& console) {
  Arguments texts;
  bool human = false;
  bool json = false;
  bool all_versions = false;
  bool summarize = false;
  int depth = 0;
  CommandLine line("du", "trebol://BUCKET[/PREFIX]...",
                   "Adds up what is stored under a prefix: bytes, objects, prefix. One copy of\n"
                   "each object is counted, and bytes that objects share count for each.",
                   console);
  line.Flag("-h,--human", &human, "Sizes as 1.5 MiB");
  line.Flag("-s,--summarize", &summarize, "Only the sum of all, as without --depth");
  line.Option("-d,--depth", &depth, 0, kMostDepth, "N",
              "Sums of the prefixes down to N levels of '/' too (0)");
  line.Flag("--all-versions", &all_versions, "Older versions, too");
  line.Flag("--json", &json, "One object a line: type (sum), key, size, objects");
  line.Positionals(&texts, 1, SIZE_MAX);
  line.Example("trebol du -sh trebol://photos");
  line.Example("trebol du -h -d 1 trebol://photos          # by the first part of the key");
  if (!line.Parse(arguments)) return;
  if (summarize && depth > 0) return console.Usage("-s and --depth contradict each other");
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  for (const std::string& text : texts) {
    const auto url = ParseUrl(text);
    if (!url.ok()) return console.Usage(url.status().message());
    Sums sums(url->key, depth);
    const absl::Status status = AddObjects(*client, *url, all_versions, sums);
    if (!status.ok()) {
      console.Fail(Printable(url->ToString()), status);
      continue;
    }
    if (sums.sums().empty() && !url->key.empty()) {
      console.Fail(Printable(url->ToString()),
                   MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND,
                             "no key begins so; trebol ls without the key shows what there is"));
      continue;
    }
    console.Succeed();
    std::map<std::string, Sum> shown = sums.sums();
    shown[url->key];  // of an empty bucket, too
    for (const auto& [prefix, sum] : shown) {
      const ObjectUrl named{.bucket = url->bucket, .key = prefix};
      console.Print(json ? SumLine(prefix, sum.bytes, sum.objects)
                         : absl::StrFormat("%12s  %8d  %s",
                                           human ? HumanBytes(sum.bytes) : absl::StrCat(sum.bytes),
                                           sum.objects, Printable(named.ToString())));
    }
  }
}

}  // namespace trebol::cli
