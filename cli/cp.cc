#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/copy_conflict.h"
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
  std::vector<std::string> metadata;
  std::vector<std::string> tags;
  std::string if_match;
  std::string if_none_match;
  TransferOptions transfer;
};

void Describe(CommandLine& line, Options& options) {
  TransferOptions& transfer = options.transfer;
  line.Flag("-r,--recursive", &options.recursive, "Everything below SOURCE");
  line.Option("-j,--jobs", &options.jobs, 1, kMostJobs, "N", "Copies at the same time (8)");
  line.Flag("-n,--no-clobber", &transfer.keep_existing,
            "What is there already stays; that is a failure");
  line.Flag("--resume", &transfer.resume, "Goes on with an interrupted copy of a large file");
  line.Option("--version", &transfer.version, "ID", "This version of the source object");
  line.Option("--content-type", &transfer.content_type, "TYPE",
              "Instead of a guess by the file's extension");
  line.Repeated("--metadata", &options.metadata, "NAME=VALUE",
                "User metadata of the copies; may be repeated");
  line.Repeated("--tag", &options.tags, "NAME=VALUE",
                "Tag of the copies; may be repeated; replaces those of the source");
  line.Option("--cache-control", &transfer.headers.cache_control, "TEXT",
              "Header of downloads, as the next four");
  line.Option("--content-disposition", &transfer.headers.content_disposition, "TEXT",
              "As in 'attachment; filename=\"a.jpg\"'");
  line.Option("--content-encoding", &transfer.headers.content_encoding, "TEXT", "As in gzip");
  line.Option("--content-language", &transfer.headers.content_language, "TEXT", "As in es");
  line.Option("--expires", &transfer.headers.expires, "TEXT", "A date of HTTP");
  line.Option("--if-match", &options.if_match, "ETAG",
              "Only if the object that is there has this etag; '*': if there is one");
  line.Option("--if-none-match", &options.if_none_match, "ETAG",
              "Only if it has not; '*': if there is none");
  line.Flag("-q,--quiet", &options.quiet, "Prints nothing but errors");
  line.Positionals(&options.places, 2, SIZE_MAX);
  line.Example("trebol cp beach.jpg trebol://photos/2026/");
  line.Example("trebol cp -r ./holiday/ trebol://photos/2026/   # what is in holiday");
  line.Example("trebol cp -r ./holiday  trebol://photos/2026/   # as 2026/holiday/...");
  line.Example("trebol cp -r trebol://photos/2026/ ./restored/");
  line.Example("trebol cp --resume disk.img trebol://backups/");
  line.Example("tar c . | trebol cp - trebol://backups/today.tar");
}

/// Takes what stands in words into the transfer. False after a mistake, which was named.
bool Interpret(Options& options, Console& console) {
  const auto metadata = ParsePairs("--metadata", options.metadata, console);
  if (!metadata) return false;
  const auto tags = ParsePairs("--tag", options.tags, console);
  if (!tags) return false;
  TransferOptions& transfer = options.transfer;
  transfer.metadata = *metadata;
  transfer.tags = *tags;
  if (!options.if_match.empty()) transfer.preconditions.if_match = {options.if_match};
  if (!options.if_none_match.empty())
    transfer.preconditions.if_none_match = {options.if_none_match};
  return true;
}

/// What does not go together; empty if all does.
std::string MistakeIn(const Options& options) {
  const TransferOptions& transfer = options.transfer;
  const client::ResponseHeaders& headers = transfer.headers;
  const bool from_object = LooksLikeUrl(options.places.front());
  if (!transfer.version.empty() &&
      (options.recursive || options.places.size() > 2 || !from_object)) {
    return "--version goes with one source object, without -r";
  }
  if ((!options.if_match.empty() || !options.if_none_match.empty()) &&
      (options.recursive || options.places.size() > 2)) {
    return "--if-match and --if-none-match go with one source, without -r; -n goes with any";
  }
  if (LooksLikeUrl(options.places.back())) return "";
  for (const auto& [given, name] :
       {std::pair(!transfer.content_type.empty(), "--content-type"),
        std::pair(!transfer.metadata.empty(), "--metadata"),
        std::pair(!transfer.tags.empty(), "--tag"),
        std::pair(!headers.cache_control.empty(), "--cache-control"),
        std::pair(!headers.content_disposition.empty(), "--content-disposition"),
        std::pair(!headers.content_encoding.empty(), "--content-encoding"),
        std::pair(!headers.content_language.empty(), "--content-language"),
        std::pair(!headers.expires.empty(), "--expires"),
        std::pair(!options.if_match.empty(), "--if-match"),
        std::pair(!options.if_none_match.empty(), "--if-none-match")}) {
    if (given) {
      return absl::StrCat(name, " is about objects, and ", options.places.back(), " will be none");
    }
  }
  return "";
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
      "checked. Copies between objects move no bytes, whatever their size.\n\n"
      "Files above 64 MiB move in several parts at a time. After Ctrl-C, or when the gateway goes\n"
      "away, what was done of one stays and --resume goes on with it: what is there is compared,\n"
      "not sent again. Type, metadata, tags and headers are those that it began with.",
      console);
  Describe(line, options);
  if (!line.Parse(arguments)) return;
  if (!Interpret(options, console)) return;
  if (const std::string mistake = MistakeIn(options); !mistake.empty()) {
    return console.Usage(mistake);
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const std::vector<std::string> sources(options.places.begin(), options.places.end() - 1);
  const CopyPlan plan =
      PlanCopy(*client, sources, options.places.back(),
               {.recursive = options.recursive, .version = options.transfer.version}, console);
  if (plan.bad_usage) return;
  for (const std::string& line : plan.skipped) {
    if (!options.quiet) console.Note(line);
  }
  if (plan.items.empty()) return;
  if (const std::string conflict = ConflictIn(plan.items); !conflict.empty()) {
    return console.Usage(conflict);
  }
  options.transfer.parallel = PartsAtATime(plan.items.size());
  const auto total = plan.TotalKnown() ? std::optional<uint64_t>(plan.TotalBytes()) : std::nullopt;
  RunCopies(plan.items, total, options.jobs,
            ProgressStyle(options.quiet, options.places.back() == "-", console), console,
            [&](const CopyItem& item, Progress& progress) {
              return Transfer(*client, item, options.transfer, progress, console);
            });
}

}  // namespace trebol::cli
