#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/copy_plan.h"
#include "cli/pairs.h"
#include "cli/run_copies.h"
#include "cli/transfer.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

struct Options {
  Arguments places;
  bool recursive = false;
  bool quiet = false;
  int jobs = 8;
  std::string content_type;
  std::vector<std::string> metadata;
  std::vector<std::string> tags;
  std::string version;
  bool no_clobber = false;
  bool resume = false;
};

void Describe(CommandLine& line, Options& options) {
  line.Flag("-r,--recursive", &options.recursive, "Everything below SOURCE");
  line.Option("-j,--jobs", &options.jobs, 1, kMostJobs, "N", "Copies at the same time (8)");
  line.Option("--content-type", &options.content_type, "TYPE",
              "Instead of a guess by the file's extension");
  line.Repeated("--metadata", &options.metadata, "NAME=VALUE",
                "User metadata of the copies; may be repeated");
  line.Repeated("--tag", &options.tags, "NAME=VALUE",
                "Tag of the copies; may be repeated; replaces those of the source");
  line.Option("--version", &options.version, "ID", "This version of the source object");
  line.Flag("-n,--no-clobber", &options.no_clobber,
            "An object that is there already stays; that is a failure");
  line.Flag("--resume", &options.resume,
            "Goes on with an interrupted copy of a large file, and keeps what was done of it if "
            "this one is interrupted, too");
  line.Flag("-q,--quiet", &options.quiet, "Prints nothing but errors");
  line.Positionals(&options.places, 2, SIZE_MAX);
  line.Example("trebol cp beach.jpg trebol://photos/2026/");
  line.Example("trebol cp -r ./holiday/ trebol://photos/2026/   # what is in holiday");
  line.Example("trebol cp -r ./holiday  trebol://photos/2026/   # as 2026/holiday/...");
  line.Example("trebol cp -r trebol://photos/2026/ ./restored/");
  line.Example("trebol cp --resume disk.img trebol://backups/");
  line.Example("tar c . | trebol cp - trebol://backups/today.tar");
}

/// Of several files fewer parts each, so that memory stays what it is.
int PartsAtATime(size_t items) { return items > 1 ? 2 : 4; }

}  // namespace

void Cp(const Arguments& arguments, Console& console) {
  Options options;
  CommandLine line(
      "cp", "SOURCE... DESTINATION",
      "Copies files to objects, objects to files, and objects to objects. One of the two is\n"
      "trebol://BUCKET/KEY; - is standard input or output. A destination that ends in '/' keeps\n"
      "the source's name. With -r, SRC/ means what is in it and SRC the directory itself.\n\n"
      "Symbolic links are followed. What cannot be copied (a link to nothing, a pipe, a name that\n"
      "is not UTF-8) is named, the rest is copied, and the exit code is 1. Empty directories and\n"
      "file modes are not kept; an empty object whose key ends in '/' marks a folder and is\n"
      "skipped. A file that is downloaded appears under its name only when every byte was\n"
      "checked. Files above 64 MiB move in several parts at a time. Copies between objects move\n"
      "no bytes, whatever their size.",
      console);
  Describe(line, options);
  if (!line.Parse(arguments)) return;
  const auto metadata = ParsePairs("--metadata", options.metadata, console);
  if (!metadata) return;
  const auto tags = ParsePairs("--tag", options.tags, console);
  if (!tags) return;
  if (!options.version.empty() && (options.recursive || options.places.size() > 2)) {
    return console.Usage("--version goes with one source object, without -r");
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const std::vector<std::string> sources(options.places.begin(), options.places.end() - 1);
  const CopyPlan plan = PlanCopy(*client, sources, options.places.back(), options.recursive,
                                 console, options.version);
  if (plan.bad_usage) return;
  for (const std::string& line : plan.skipped) {
    if (!options.quiet) console.Note(line);
  }
  if (plan.items.empty()) return;
  const TransferOptions transfer{.content_type = options.content_type,
                                 .metadata = *metadata,
                                 .tags = *tags,
                                 .version = options.version,
                                 .keep_existing = options.no_clobber,
                                 .resume = options.resume,
                                 .parallel = PartsAtATime(plan.items.size())};
  const auto total = plan.TotalKnown() ? std::optional<uint64_t>(plan.TotalBytes()) : std::nullopt;
  RunCopies(plan.items, total, options.jobs,
            ProgressStyle(options.quiet, options.places.back() == "-", console), console,
            [&](const CopyItem& item, Progress& progress) {
              return Transfer(*client, item, transfer, progress, console);
            });
}

}  // namespace trebol::cli
