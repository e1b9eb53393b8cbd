#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/command_line.h"
#include "cli/copy_conflict.h"
#include "cli/copy_plan.h"
#include "cli/run_copies.h"
#include "cli/transfer.h"
#include "cli/verbs.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

/// Copies a file, then removes it, unless somebody wrote to it or put another in its place.
absl::Status MoveFile(const client::Client& client, const CopyItem& item,
                      const TransferOptions& options, Progress& progress, Console& console) {
  const std::string path = std::get<LocalPath>(item.source).ToString();
  struct stat before;
  struct stat after;
  if (stat(path.c_str(), &before) != 0) return absl::ErrnoToStatus(errno, "cannot be read");
  RETURN_IF_ERROR(Transfer(client, item, options, progress, console));
  const bool same = stat(path.c_str(), &after) == 0 && before.st_dev == after.st_dev &&
                    before.st_ino == after.st_ino && before.st_size == after.st_size &&
                    before.st_mtim.tv_sec == after.st_mtim.tv_sec &&
                    before.st_mtim.tv_nsec == after.st_mtim.tv_nsec;
  if (!same) {
    return absl::FailedPreconditionError(
        "it was copied, and stays: somebody wrote to it meanwhile; move it again");
  }
  if (unlink(path.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, "it was copied, and stays: it cannot be removed");
  }
  return absl::OkStatus();
}

/// Copies the version that is there now, then removes that one and no later one.
absl::Status MoveObject(const client::Client& client, const CopyItem& item, TransferOptions options,
                        Progress& progress, Console& console) {
  const ObjectUrl& url = std::get<ObjectUrl>(item.source);
  ASSIGN_OR_RETURN(const client::ObjectInfo info, client.HeadObject(url.bucket, url.key));
  options.version = info.version;
  options.crc32c = info.crc32c;
  options.flush = true;  // it may be the only copy from now on
  RETURN_IF_ERROR(Transfer(client, item, options, progress, console));
  const auto deleted = client.DeleteObject(
      url.bucket, url.key, {.preconditions = client::Preconditions::IfMatch(info.etag)});
  // Not found: somebody else removed it.
  if (deleted.ok() || absl::IsNotFound(deleted.status())) return absl::OkStatus();
  if (ReasonOf(deleted.status()) == v1::PRECONDITION_FAILED) {
    return MakeError(deleted.status().code(), v1::PRECONDITION_FAILED,
                     "it was copied, and what is there now stays: somebody else replaced it "
                     "meanwhile");
  }
  return Annotate(deleted.status(), "it was copied, and stays");
}

}  // namespace

void Mv(const Arguments& arguments, Console& console) {
  Arguments places;
  bool recursive = false;
  bool quiet = false;
  bool no_clobber = false;
  int jobs = 8;
  CommandLine line(
      "mv", "SOURCE... DESTINATION",
      "Copies as cp does, and removes each source when its copy is complete and compared. Between\n"
      "objects no bytes move. What changes while it is moved is copied and stays. A file's link "
      "is\n"
      "removed and not the file; directories stay. Interrupted, the same command goes on.",
      console);
  line.Flag("-r,--recursive", &recursive, "Everything below SOURCE");
  line.Option("-j,--jobs", &jobs, 1, kMostJobs, "N", "Moves at the same time (8)");
  line.Flag("-n,--no-clobber", &no_clobber, "What is there already stays; that is a failure");
  line.Flag("-q,--quiet", &quiet, "Prints nothing but errors");
  line.Positionals(&places, 2, SIZE_MAX);
  line.Example("trebol mv trebol://photos/beach.jpg trebol://photos/2026/");
  line.Example("trebol mv -r ./done/ trebol://archive/");
  if (!line.Parse(arguments)) return;
  for (const std::string& place : places) {
    if (place == "-") return console.Usage("a stream cannot be moved; cp copies it");
  }
  const auto client = line.Connect();
  if (!client.ok()) return console.Usage(client.status().message());
  const std::vector<std::string> sources(places.begin(), places.end() - 1);
  // What a link leads to is outside of what was named, and would be removed.
  const CopyPlan plan = PlanCopy(*client, sources, places.back(),
                                 {.recursive = recursive, .follow_directories = false}, console);
  if (plan.bad_usage) return;
  for (const std::string& line : plan.skipped) {
    if (!quiet) console.Note(line);
  }
  if (plan.items.empty()) return;
  if (const std::string conflict = ConflictIn(plan.items); !conflict.empty()) {
    return console.Usage(conflict);
  }
  for (const CopyItem& item : plan.items) {
    if (Describe(item.source) == Describe(item.destination)) {
      return console.Usage(absl::StrCat(Describe(item.source), " would be moved onto itself"));
    }
  }
  const TransferOptions transfer{
      .keep_existing = no_clobber, .resume = true, .parallel = plan.items.size() > 1 ? 2 : 4};
  RunCopies(plan.items, plan.TotalBytes(), jobs, ProgressStyle(quiet, false, console), console,
            [&](const CopyItem& item, Progress& progress) {
              const bool local = std::holds_alternative<LocalPath>(item.source);
              return local ? MoveFile(*client, item, transfer, progress, console)
                           : MoveObject(*client, item, transfer, progress, console);
            });
}

}  // namespace trebol::cli
