#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "cli/command_line.h"
#include "cli/run_copies.h"
#include "cli/sync_run.h"
#include "cli/sync_side.h"
#include "cli/verbs.h"

namespace trebol::cli {
namespace {

/// What is wrong with making these two the same; empty if nothing is.
std::string MistakeIn(const SyncSide& source, const SyncSide& destination) {
  if (!source.url.has_value() && !destination.url.has_value()) {
    return "neither side is trebol://BUCKET[/PREFIX]; for directories there is rsync";
  }
  if (source.url.has_value() && destination.url.has_value() &&
      source.url->bucket == destination.url->bucket &&
      (absl::StartsWith(source.url->key, destination.url->key) ||
       absl::StartsWith(destination.url->key, source.url->key))) {
    return "one of the two lies in the other";
  }
  return "";
}

}  // namespace

void Sync(const Arguments& arguments, Console& console) {
  SyncOptions options;
  Arguments places;
  Arguments include;
  Arguments exclude;
  CommandLine line(
      "sync", "SOURCE DESTINATION",
      "Makes DESTINATION hold what SOURCE holds: directories and trebol://BUCKET[/PREFIX]. Copies\n"
      "what is not there, or has another size or other bytes: of the same size, both CRC32Cs are\n"
      "compared, for which files are read. Times mean nothing. Files are found as with cp -r.\n\n"
      "Globs are of whole names below SOURCE, and * goes over '/' too; DIR/ means all in DIR. The\n"
      "last of --include and --exclude that matches a name decides, on both sides. With --delete\n"
      "nothing is removed when SOURCE could not be read as a whole.",
      console);
  line.Repeated("--include", &include, "GLOB", "Names to take after all; may be repeated");
  line.Repeated("--exclude", &exclude, "GLOB",
                "Names to leave alone on both sides; may be repeated");
  line.Flag("--delete", &options.remove, "Removes from DESTINATION what SOURCE does not have");
  line.Flag("-n,--dry-run", &options.dry_run, "Prints what would be done, and does nothing");
  line.Flag("--size-only", &options.size_only, "Takes what has the same size for the same");
  line.Option("-j,--jobs", &options.jobs, 1, kMostJobs, "N", "Copies at the same time (8)");
  line.Flag("-y,--yes", &options.yes, "Also if SOURCE holds nothing");
  line.Flag("-q,--quiet", &options.quiet, "Prints nothing but errors");
  line.Positionals(&places, 2, 2);
  line.Example("trebol sync ./site/ trebol://www --delete --exclude '*.bak' --exclude .git/");
  line.Example("trebol sync ./photos trebol://photos --exclude '*' --include '*.jpg'");
  line.Example("trebol sync --dry-run trebol://www ./copy");
  if (!line.Parse(arguments)) return;
  options.filters = FiltersIn(arguments);
  if (!options.filters.empty() && options.filters.front().include) {
    return console.Usage(
        "--include takes back what an --exclude before it leaves out; "
        "for these alone write --exclude '*' first");
  }
  auto source = ParseSyncSide(places[0]);
  auto destination = ParseSyncSide(places[1]);
  if (!source.ok()) return console.Usage(source.status().message());
  if (!destination.ok()) return console.Usage(destination.status().message());
  const std::string mistake = MistakeIn(*source, *destination);
  if (!mistake.empty()) return console.Usage(mistake);
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  RunSync(*client, *std::move(source), *std::move(destination), options, console);
}

}  // namespace trebol::cli
