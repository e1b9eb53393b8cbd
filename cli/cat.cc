#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/object_url.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

/// OFFSET or OFFSET-END, END included, as in HTTP.
absl::StatusOr<client::ByteRange> ParseRange(const std::string& text) {
  const size_t hyphen = text.find('-');
  const bool has_end = hyphen != std::string::npos && hyphen + 1 < text.size();
  client::ByteRange range;
  uint64_t end = 0;
  const bool good = absl::SimpleAtoi(text.substr(0, hyphen), &range.offset) &&
                    (!has_end || (absl::SimpleAtoi(text.substr(hyphen + 1), &end) &&
                                  end >= range.offset && end - range.offset < UINT64_MAX));
  if (!good) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--range '", text, "' is not OFFSET or OFFSET-END (bytes from 0, END included)"));
  }
  if (has_end) range.length = end - range.offset + 1;
  return range;
}

}  // namespace

void Cat(const Arguments& arguments, Console& console) {
  Arguments texts;
  std::string range_text;
  std::string version;
  CommandLine line("cat", "trebol://BUCKET/KEY...",
                   "Writes objects to standard output, one after the other.", console);
  line.Option("--range", &range_text, "OFFSET[-END]",
              "Only these bytes, counted from 0, END included");
  line.Option("--version", &version, "ID", "This version of the object");
  line.Positionals(&texts, 1, SIZE_MAX);
  line.Example("trebol cat trebol://logs/today.gz | zcat | less");
  line.Example("trebol cat --range 0-1023 trebol://logs/today.gz | file -");
  if (!line.Parse(arguments)) return;
  client::ByteRange range;
  if (!range_text.empty()) {
    const auto parsed = ParseRange(range_text);
    if (!parsed.ok()) return console.Usage(parsed.status().message());
    range = *parsed;
  }
  std::vector<ObjectUrl> urls;
  for (const std::string& text : texts) {
    const auto url = ParseKeyUrl(text);
    if (!url.ok()) return console.Usage(url.status().message());
    urls.push_back(*url);
  }
  if (!version.empty() && urls.size() > 1) return console.Usage("--version goes with one object");
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  for (const ObjectUrl& url : urls) {
    const absl::Status status =
        client
            ->GetObject(url.bucket, url.key,
                        [&console](absl::string_view bytes) { return console.Write(bytes); },
                        {.range = range, .version = version})
            .status();
    if (!console.OutputStatus().ok()) return;
    if (status.ok()) {
      console.Succeed();
    } else {
      console.Fail(Printable(url.ToString()), status);
    }
  }
}

}  // namespace trebol::cli
