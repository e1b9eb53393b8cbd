#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/human.h"
#include "cli/local_file.h"
#include "cli/local_tree.h"
#include "cli/object_url.h"
#include "cli/parallel.h"
#include "cli/path_mapping.h"
#include "cli/run_copies.h"
#include "cli/sync_plan.h"
#include "cli/transfer.h"
#include "cli/verbs.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol::cli {
namespace {

struct Options {
  Arguments places;
  std::vector<Filter> filters;
  bool remove = false;
  bool dry_run = false;
  bool size_only = false;
  bool yes = false;
  bool quiet = false;
  int jobs = 8;
};

/// A directory, or all objects below a prefix.
struct Side {
  std::optional<ObjectUrl> url;  // with a key that is empty or ends in '/'
  std::string directory;
  SyncSide entries;
  std::map<std::string, uint32_t> crcs;  // of objects

  Place At(const std::string& name) const {
    if (url.has_value()) return ObjectUrl{.bucket = url->bucket, .key = url->key + name};
    return LocalPath{.root = directory, .relative = name};
  }
  std::string Name() const { return url.has_value() ? url->ToString() : directory; }
};

absl::StatusOr<Side> SideOf(const std::string& text) {
  Side side;
  if (!LooksLikeUrl(text)) {
    if (text.empty() || text == "-") {
      return absl::InvalidArgumentError("sync takes a directory or trebol://BUCKET[/PREFIX]");
    }
    side.directory = text;
    return side;
  }
  ASSIGN_OR_RETURN(side.url, ParseUrl(text));
  if (!side.url->key.empty() && !absl::EndsWith(side.url->key, "/")) side.url->key += '/';
  return side;
}

/// Reads what is there. False, after naming it, if that cannot be known for sure: then nothing may
/// be removed for being absent.
bool Read(const client::Client& client, const Options& options, bool may_be_absent, Side& side,
          Console& console) {
  if (side.url.has_value()) {
    const absl::Status status = client.ForEachPage(
        {.bucket = side.url->bucket, .prefix = side.url->key, .page_size = 10'000},
        [&](const client::ListObjectsPage& page) {
          for (const client::ObjectInfo& object : page.objects) {
            const std::string name = object.key.substr(side.url->key.size());
            // What marks a folder has no place in a directory.
            if (name.empty() || absl::EndsWith(name, "/")) continue;
            if (!Includes(options.filters, name)) continue;
            side.entries[name] = {object.size};
            side.crcs[name] = object.crc32c;
          }
          return absl::OkStatus();
        });
    if (!status.ok()) console.Fail(Printable(side.Name()), status);
    return status.ok();
  }
  struct stat about;
  if (stat(side.directory.c_str(), &about) != 0) {
    if (errno == ENOENT && may_be_absent) return true;
    console.Fail(Printable(side.directory), StatError(side.directory, errno));
    return false;
  }
  if (!S_ISDIR(about.st_mode)) {
    console.Fail(Printable(side.directory),
                 absl::FailedPreconditionError("is not a directory; cp copies single files"));
    return false;
  }
  bool complete = true;
  LocalTreeVisitor visitor;
  visitor.file = [&](LocalFile file) {
    if (Includes(options.filters, file.relative)) side.entries[file.relative] = {file.size};
  };
  visitor.left_out = [&](const std::string& path, const absl::Status& why) {
    const std::string relative = path.substr(std::min(path.size(), side.directory.size() + 1));
    if (!Includes(options.filters, relative)) return;
    complete = false;
    console.Fail(Printable(path), why);
  };
  WalkLocalTree(side.directory, visitor);
  return complete;
}

absl::StatusOr<uint32_t> CrcOf(const Side& side, const std::string& name) {
  if (side.url.has_value()) return side.crcs.at(name);
  ASSIGN_OR_RETURN(const auto file, FileReader::Open(Join(side.directory, name)));
  std::string buffer(1 << 20, '\0');
  uint32_t crc = 0;
  while (true) {
    ASSIGN_OR_RETURN(const size_t size, file->Read(buffer.data(), buffer.size()));
    if (size == 0) return crc;
    crc = Crc32c(absl::string_view(buffer).substr(0, size), crc);
  }
}

/// Of the names with the same size on both sides those whose bytes differ.
std::vector<std::string> Differing(const std::vector<std::string>& names, const Side& source,
                                   const Side& destination, const Options& options,
                                   Console& console) {
  std::vector<std::string> differing;
  if (options.size_only) return differing;
  std::mutex mutex;
  ParallelFor(names.size(), options.jobs, console.environment().stop, [&](size_t i) {
    const auto here = CrcOf(source, names[i]);
    const auto there = CrcOf(destination, names[i]);
    if (!here.ok()) {
      return console.Fail(Printable(Describe(source.At(names[i]))), here.status());
    }
    if (there.ok() && *there == *here) return;
    const std::lock_guard lock(mutex);
    differing.push_back(names[i]);
  });
  return differing;
}

absl::Status Remove(const client::Client& client, const Side& side, const std::string& name) {
  if (side.url.has_value()) {
    return client.DeleteObject(side.url->bucket, side.url->key + name).status();
  }
  if (unlink(Join(side.directory, name).c_str()) == 0) return absl::OkStatus();
  return absl::ErrnoToStatus(errno, "cannot be removed");
}

void RemoveAll(const client::Client& client, const Side& side,
               const std::vector<std::string>& names, const Options& options, Console& console) {
  ParallelFor(names.size(), options.jobs, console.environment().stop, [&](size_t i) {
    const std::string shown = Printable(Describe(side.At(names[i])));
    const absl::Status status = Remove(client, side, names[i]);
    if (!status.ok()) return console.Fail(shown, status);
    console.Succeed();
    if (!options.quiet) console.Note(absl::StrCat("removed ", shown));
  });
}

void ShowOnly(const std::vector<CopyItem>& items, const Side& destination,
              const std::vector<std::string>& remove, Console& console) {
  console.Succeed();
  for (const CopyItem& item : items) {
    console.Print(absl::StrCat("copy    ", Printable(Describe(item.source)), " -> ",
                               Printable(Describe(item.destination))));
  }
  for (const std::string& name : remove) {
    console.Print(absl::StrCat("remove  ", Printable(Describe(destination.At(name)))));
  }
}

void Run(const client::Client& client, Side source, Side destination, const Options& options,
         Console& console) {
  const bool source_read = Read(client, options, /*may_be_absent=*/false, source, console);
  if (!source_read && source.entries.empty()) return;
  if (!Read(client, options, /*may_be_absent=*/true, destination, console)) return;
  SyncPlan plan = PlanSync(source.entries, destination.entries, options.remove);
  if (!plan.remove.empty() && !source_read) {
    console.Note("nothing is removed, because not all of the source could be read");
    plan.remove.clear();
  }
  if (!plan.remove.empty() && source.entries.empty() && !options.yes && !options.dry_run) {
    return console.Usage(absl::StrCat(Printable(source.Name()), " holds nothing, and --delete ",
                                      "would remove all ", plan.remove.size(), " below ",
                                      Printable(destination.Name()), "; say --yes if you mean it"));
  }
  for (std::string& name : Differing(plan.compare, source, destination, options, console)) {
    plan.copy.push_back(std::move(name));
  }
  std::vector<CopyItem> items;
  uint64_t total = 0;
  for (const std::string& name : plan.copy) {
    if (!destination.url.has_value()) {
      const auto path = PathForKey(name);
      if (!path.ok()) {
        console.Fail(Printable(Describe(source.At(name))), path.status());
        continue;
      }
    }
    total += source.entries.at(name).size;
    items.push_back({source.At(name), destination.At(name), source.entries.at(name).size});
  }
  if (options.dry_run) return ShowOnly(items, destination, plan.remove, console);
  const TransferOptions transfer{.parallel = 2};
  RunCopies(items, total, options.jobs, ProgressStyle(options.quiet, false, console), console,
            [&](const CopyItem& item, Progress& progress) {
              CopyItem from = item;
              if (const auto* path = std::get_if<LocalPath>(&item.source)) {
                from.source = LocalPath{.root = path->ToString()};
              }
              return Transfer(client, from, transfer, progress, console);
            });
  RemoveAll(client, destination, plan.remove, options, console);
  console.Succeed();
  if (!options.quiet) {
    console.Note(absl::StrCat(items.size(), " copied, ", plan.remove.size(), " removed, ",
                              source.entries.size() - items.size(), " as they were"));
  }
}

}  // namespace

void Sync(const Arguments& arguments, Console& console) {
  Options options;
  Arguments include;
  Arguments exclude;
  CommandLine line(
      "sync", "SOURCE DESTINATION",
      "Makes DESTINATION hold what SOURCE holds: directories and trebol://BUCKET[/PREFIX]. Copies\n"
      "what is not there, or has another size or other bytes (CRC32C of both sides). Names are\n"
      "those below SOURCE; of --include and --exclude the last that matches decides.",
      console);
  line.Repeated("--include", &include, "GLOB", "Names to take; may be repeated");
  line.Repeated("--exclude", &exclude, "GLOB",
                "Names to leave alone on both sides; may be repeated");
  line.Flag("--delete", &options.remove, "Removes from DESTINATION what SOURCE does not have");
  line.Flag("--dry-run", &options.dry_run, "Prints what would be done, and does nothing");
  line.Flag("--size-only", &options.size_only, "Takes what has the same size for the same");
  line.Option("-j,--jobs", &options.jobs, 1, kMostJobs, "N", "Copies at the same time (8)");
  line.Flag("-y,--yes", &options.yes, "With --delete: also if SOURCE holds nothing");
  line.Flag("-q,--quiet", &options.quiet, "Prints nothing but errors");
  line.Positionals(&options.places, 2, 2);
  line.Example("trebol sync ./site/ trebol://www --delete --exclude '*.bak'");
  line.Example("trebol sync --dry-run trebol://www ./copy");
  if (!line.Parse(arguments)) return;
  options.filters = FiltersIn(arguments);
  auto source = SideOf(options.places[0]);
  auto destination = SideOf(options.places[1]);
  if (!source.ok()) return console.Usage(source.status().message());
  if (!destination.ok()) return console.Usage(destination.status().message());
  if (!source->url.has_value() && !destination->url.has_value()) {
    return console.Usage(
        "neither side is trebol://BUCKET[/PREFIX]; for directories there is rsync");
  }
  if (source->url.has_value() && destination->url.has_value() &&
      source->url->bucket == destination->url->bucket &&
      (absl::StartsWith(source->url->key, destination->url->key) ||
       absl::StartsWith(destination->url->key, source->url->key))) {
    return console.Usage("one of the two lies in the other");
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  Run(*client, *std::move(source), *std::move(destination), options, console);
}

}  // namespace trebol::cli
