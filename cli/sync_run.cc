#include "cli/sync_run.h"

#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/human.h"
#include "cli/parallel.h"
#include "cli/path_mapping.h"
#include "cli/run_copies.h"
#include "cli/sync_remove.h"
#include "cli/transfer.h"
#include "common/base/error.h"

namespace trebol::cli {
namespace {

using Names = std::vector<std::string>;

class SyncRun {
 public:
  SyncRun(const client::Client& client, SyncSide source, SyncSide destination,
          const SyncOptions& options, Console& console)
      : client_(client),
        source_(std::move(source)),
        destination_(std::move(destination)),
        options_(options),
        console_(console) {}

  void Run() {
    const bool source_read = ReadSource(client_, options_.filters, destination_, source_, console_);
    if (!source_read && source_.entries.empty()) return;
    if (source_read && !SourceIsMeant()) return;
    std::vector<std::pair<std::string, absl::Status>> odd;
    if (!ReadDestination(client_, options_.filters, source_, destination_, &odd, console_)) return;
    SyncPlan plan = PlanSync(source_.entries, destination_.entries, options_.remove);
    if (options_.remove && !source_read) {
      console_.Note("nothing is removed, because not all of the source could be read");
      plan.remove.clear();
    } else if (options_.remove) {
      NameWhatStays(odd);
    }
    if (!plan.remove.empty() && source_.empty && !options_.yes && !options_.dry_run) {
      return console_.Usage(
          absl::StrCat(Printable(source_.Name()), " holds nothing, and --delete would remove all ",
                       plan.remove.size(), " below ", Printable(destination_.Name()),
                       "; say --yes if you mean it"));
    }
    for (std::string& name : Differing(plan.compare)) plan.copy.push_back(std::move(name));
    const std::vector<CopyItem> items = Items(plan.copy);
    if (options_.dry_run) return Show(items, plan.remove);
    const size_t copied = Copy(items);
    const size_t removed =
        RemoveNames(client_, destination_, plan.remove, options_.quiet, options_.jobs, console_);
    if (same_ > 0) console_.Succeed();
    Summarise(copied, items.size() - copied, removed);
  }

 private:
  /// A prefix that nothing begins with is more likely a slip than an empty folder.
  bool SourceIsMeant() {
    if (!source_.empty || !source_.url.has_value() || source_.url->key.empty() || options_.yes) {
      return true;
    }
    console_.Fail(Printable(source_.Name()),
                  MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND,
                            absl::StrCat("there is nothing below it; trebol ls ", kUrlScheme,
                                         source_.url->bucket, " shows what there is, and --yes ",
                                         "takes it for an empty folder")));
    return false;
  }

  void NameWhatStays(const std::vector<std::pair<std::string, absl::Status>>& odd) {
    for (const auto& [path, why] : odd) {
      console_.Fail(Printable(path), Annotate(why, "stays; --exclude leaves it alone"));
    }
  }

  /// Of the names with the same size on both sides those whose bytes differ.
  Names Differing(const Names& names) {
    Names differing;
    if (options_.size_only) {
      same_ = names.size();
      return differing;
    }
    const bool shown = !options_.quiet && console_.environment().err_is_terminal;
    std::mutex mutex;
    size_t compared = 0;
    ParallelFor(names.size(), options_.jobs, console_.environment().stop, [&](size_t i) {
      const auto here = source_.Crc32cOf(names[i]);
      const auto there = destination_.Crc32cOf(names[i]);
      const std::lock_guard lock(mutex);
      ++compared;
      if (shown && (compared % 64 == 1 || source_.entries.at(names[i]).size > kWorthShowing)) {
        console_.ShowStatusLine(
            absl::StrCat("compared ", compared, " of ", Count(names.size(), "file")));
      }
      if (!here.ok()) {
        console_.Fail(Printable(Describe(source_.At(names[i]))), here.status());
        ++failed_;
      } else if (there.ok() && *there == *here) {
        ++same_;
      } else {
        differing.push_back(names[i]);
      }
    });
    if (shown) console_.ShowStatusLine("");
    return differing;
  }

  std::vector<CopyItem> Items(const Names& names) {
    std::vector<CopyItem> items;
    for (const std::string& name : names) {
      const auto path = PathForKey(name);
      if (!destination_.url.has_value() && !path.ok()) {
        console_.Fail(Printable(Describe(source_.At(name))), path.status());
        ++failed_;
        continue;
      }
      items.push_back({source_.At(name), destination_.At(name), source_.entries.at(name).size});
    }
    return items;
  }

  size_t Copy(const std::vector<CopyItem>& items) {
    uint64_t total = 0;
    for (const CopyItem& item : items) total += item.size;
    const TransferOptions transfer{.resume = true, .parallel = 2};
    return RunCopies(items, total, options_.jobs, ProgressStyle(options_.quiet, false, console_),
                     console_, [&](const CopyItem& item, Progress& progress) {
                       CopyItem from = item;
                       if (const auto* path = std::get_if<LocalPath>(&item.source)) {
                         from.source = LocalPath{.root = path->ToString()};
                       }
                       return Transfer(client_, from, transfer, progress, console_);
                     });
  }

  void Show(const std::vector<CopyItem>& items, const Names& remove) {
    uint64_t bytes = 0;
    for (const CopyItem& item : items) {
      bytes += item.size;
      console_.Print(absl::StrCat("copy    ", Printable(Describe(item.source)), " -> ",
                                  Printable(Describe(item.destination))));
    }
    for (const std::string& name : remove) {
      console_.Print(absl::StrCat("remove  ", Printable(Describe(destination_.At(name)))));
    }
    if (options_.quiet) return;
    console_.Note(absl::StrCat("would copy ", Count(items.size(), "file"), " (", HumanBytes(bytes),
                               ") and remove ", remove.size(), "; ", same_, " are the same"));
  }

  void Summarise(size_t copied, size_t not_copied, const size_t removed) {
    if (options_.quiet || console_.environment().stop.stop_requested()) return;
    const size_t failed = failed_ + not_copied;
    console_.Note(absl::StrCat(copied, " copied, ", removed, " removed, ", same_, " as they were",
                               failed > 0 ? absl::StrCat(", ", failed, " not copied") : ""));
  }

  static constexpr uint64_t kWorthShowing = uint64_t{16} << 20;  // bytes, for the time it takes

  const client::Client& client_;
  SyncSide source_;
  SyncSide destination_;
  const SyncOptions& options_;
  Console& console_;
  size_t same_ = 0;
  size_t failed_ = 0;  // before anything was sent
};

}  // namespace

void RunSync(const client::Client& client, SyncSide source, SyncSide destination,
             const SyncOptions& options, Console& console) {
  SyncRun(client, std::move(source), std::move(destination), options, console).Run();
}

}  // namespace trebol::cli
