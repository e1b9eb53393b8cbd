#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/copy_plan.h"
#include "cli/human.h"
#include "cli/parallel.h"
#include "cli/progress.h"
#include "cli/transfer.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

constexpr int kMostJobs = 128;

struct Options {
  Arguments places;
  bool recursive = false;
  bool quiet = false;
  int jobs = 8;
  std::string content_type;
  std::vector<std::string> metadata;
};

void Describe(CommandLine& line, Options& options) {
  line.Flag("-r,--recursive", &options.recursive, "Everything below SOURCE");
  line.Option("-j,--jobs", &options.jobs, 1, kMostJobs, "N", "Copies at the same time (8)");
  line.Option("--content-type", &options.content_type, "TYPE",
              "Instead of a guess by the file's extension");
  line.Repeated("--metadata", &options.metadata, "NAME=VALUE",
                "User metadata of the copies; may be repeated");
  line.Flag("-q,--quiet", &options.quiet, "Prints nothing but errors");
  line.Positionals(&options.places, 2, SIZE_MAX);
  line.Example("trebol cp beach.jpg trebol://photos/2026/");
  line.Example("trebol cp -r ./holiday/ trebol://photos/2026/   # what is in holiday");
  line.Example("trebol cp -r ./holiday  trebol://photos/2026/   # as 2026/holiday/...");
  line.Example("trebol cp -r trebol://photos/2026/ ./restored/");
  line.Example("tar c . | trebol cp - trebol://backups/today.tar");
}

/// NAME=VALUE pairs; an empty optional after a mistake, which was named.
std::optional<std::map<std::string, std::string>> ParseMetadata(const Options& options,
                                                                Console& console) {
  std::map<std::string, std::string> metadata;
  for (const std::string& pair : options.metadata) {
    const size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos) {
      console.Usage(absl::StrCat("--metadata '", pair, "' is not NAME=VALUE"));
      return std::nullopt;
    }
    metadata[pair.substr(0, equals)] = pair.substr(equals + 1);
  }
  return metadata;
}

Progress::Style StyleFor(const Options& options, Console& console) {
  const Environment& environment = console.environment();
  // Where the bytes of an object appear, nothing else may.
  const bool bytes_appear =
      options.places.back() == "-" && (environment.out_is_terminal || !environment.err_is_terminal);
  if (options.quiet || bytes_appear) return Progress::Style::kQuiet;
  return environment.err_is_terminal ? Progress::Style::kBar : Progress::Style::kLines;
}

void Copy(const client::Client& client, const CopyPlan& plan, const TransferOptions& transfer,
          const Options& options, Console& console) {
  const auto total = plan.TotalKnown() ? std::optional<uint64_t>(plan.TotalBytes()) : std::nullopt;
  Progress progress(console, StyleFor(options, console), plan.items.size(), total);
  ParallelFor(plan.items.size(), options.jobs, console.environment().stop, [&](size_t i) {
    const CopyItem& item = plan.items[i];
    const std::string source = Printable(Describe(item.source));
    const absl::Status status = Transfer(client, item, transfer, progress, console);
    if (!status.ok()) return console.Fail(source, status);
    console.Succeed();
    progress.FileDone(absl::StrCat(source, " -> ", Printable(Describe(item.destination))));
  });
  progress.Finish();
}

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
      "checked.",
      console);
  Describe(line, options);
  if (!line.Parse(arguments)) return;
  const auto metadata = ParseMetadata(options, console);
  if (!metadata) return;
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const std::vector<std::string> sources(options.places.begin(), options.places.end() - 1);
  const CopyPlan plan =
      PlanCopy(*client, sources, options.places.back(), options.recursive, console);
  if (plan.bad_usage) return;
  for (const std::string& line : plan.skipped) {
    if (!options.quiet) console.Note(line);
  }
  if (plan.items.empty()) return;
  const TransferOptions transfer{.content_type = options.content_type, .metadata = *metadata};
  Copy(*client, plan, transfer, options, console);
}

}  // namespace trebol::cli
