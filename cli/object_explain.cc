#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/json.h"
#include "cli/node_table.h"
#include "cli/object_report.h"
#include "cli/object_table.h"
#include "cli/object_url.h"
#include "cli/table.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

constexpr size_t kFewChunks = 4;
// Of one page: a node that hangs is waited for, and what is verified is read.
constexpr absl::Duration kTimeout = absl::Seconds(30);
constexpr absl::Duration kVerifyTimeout = absl::Minutes(5);

struct Wanted {
  ObjectUrl url;
  client::ExplainObjectOptions options;
  bool json = false;
  bool all = false;
};

/// Asks for page after page. Chunks are kept where they are to be shown, or printed as JSON.
absl::Status Gather(const client::Client& client, Wanted wanted, ObjectReport* report,
                    std::vector<client::ObjectExplanation::Chunk>* chunks, Console& console) {
  while (true) {
    auto page = client.ExplainObject(wanted.url.bucket, wanted.url.key, wanted.options);
    if (!page.ok()) return page.status();
    report->Add(*page);
    for (client::ObjectExplanation::Chunk& chunk : page->chunks) {
      if (wanted.json && wanted.all) {
        console.Print(ChunkJson(chunk));
      } else if (wanted.all || chunks->size() <= kFewChunks) {
        chunks->push_back(std::move(chunk));
      }
    }
    if (auto output = console.OutputStatus(); !output.ok()) return output;
    if (page->next_offset == 0) return absl::OkStatus();
    wanted.options.offset = page->next_offset;
    wanted.options.version = page->object.version;
    if (console.environment().err_is_terminal) {
      console.ShowStatusLine(absl::StrCat("asked about ", HumanBytes(page->next_offset), " of ",
                                          HumanBytes(page->object.size)));
    }
  }
}

void Explain(const client::Client& client, const Wanted& wanted, Console& console) {
  ObjectReport report;
  std::vector<client::ObjectExplanation::Chunk> chunks;
  const absl::Status gathered = Gather(client, wanted, &report, &chunks, console);
  console.ShowStatusLine("");
  if (!gathered.ok()) return console.Fail(Printable(wanted.url.ToString()), gathered);
  const ObjectReport::Verdict verdict = report.verdict();
  if (verdict != ObjectReport::Verdict::kSafe) console.EndWith(kNotSafe);
  if (wanted.json) return console.Print(ReportJson(report));
  const Colour colour = verdict == ObjectReport::Verdict::kSafe     ? Colour::kGood
                        : verdict == ObjectReport::Verdict::kAtRisk ? Colour::kWarning
                                                                    : Colour::kBad;
  console.Print(Paint(report.Sentence(), colour, ColourWanted(console.environment())));
  PrintObjectFacts(wanted.url, report, console);
  if (report.chunks() == 0) return;
  if (wanted.all || report.chunks() <= kFewChunks) {
    PrintChunks(chunks, report, console);
  } else {
    PrintPatterns(report, console);
  }
  PrintSilentNodes(report, console);
}

}  // namespace

void ObjectExplain(const Arguments& arguments, Console& console) {
  Arguments texts;
  Wanted wanted;
  CommandLine line(
      "object explain", "trebol://BUCKET/KEY",
      "Says where the bytes of an object are and whether they are safe: which node has which\n"
      "copy of which chunk, asked of the storage nodes now. Ends with 0 when every chunk has\n"
      "all its copies, and with 6 when not.",
      console);
  line.Option("--version", &wanted.options.version, "ID", "This version of the object");
  line.Flag("--verify", &wanted.options.verify,
            "Every copy is read and verified by its node first");
  line.Flag("--all", &wanted.all, "Every chunk of a long object, too");
  line.Flag("--json", &wanted.json, "One JSON object; with --all, one for each chunk before it");
  line.Positionals(&texts, 1, 1);
  line.Example("trebol object explain trebol://photos/2026/beach.jpg");
  line.Example("trebol object explain --verify trebol://photos/2026/beach.jpg");
  if (!line.Parse(arguments)) return;
  const auto url = ParseKeyUrl(texts[0]);
  if (!url.ok()) return console.Usage(url.status().message());
  wanted.url = *url;
  const auto client = line.Connect({.timeout = wanted.options.verify ? kVerifyTimeout : kTimeout});
  if (!client.ok()) return console.Usage(client.status().message());
  Explain(*client, wanted, console);
}

}  // namespace trebol::cli
