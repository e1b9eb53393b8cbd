#include "cli/sync_remove.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "cli/human.h"
#include "cli/parallel.h"
#include "cli/path_mapping.h"
#include "common/base/error.h"

namespace trebol::cli {
namespace {

constexpr size_t kEntriesAtATime = 1'000;  // of one call

class Removal {
 public:
  Removal(const client::Client& client, const SyncSide& side, bool quiet, Console& console)
      : client_(client), side_(side), quiet_(quiet), console_(console) {}

  void Objects(const std::vector<std::string>& names, size_t begin, size_t end) {
    std::vector<client::DeleteEntry> entries;
    for (size_t i = begin; i < end; ++i) {
      const SyncEntry& entry = side_.entries.at(names[i]);
      entries.push_back({.key = side_.url->key + names[i],
                         .preconditions = client::Preconditions::IfMatch(entry.etag)});
    }
    const auto results = client_.DeleteObjects(side_.url->bucket, entries);
    for (size_t i = 0; i < results.size(); ++i) {
      absl::Status status = results[i].status();
      if (absl::IsNotFound(status)) status = absl::OkStatus();  // somebody else removed it
      if (ReasonOf(status) == v1::PRECONDITION_FAILED) {
        status = MakeError(status.code(), v1::PRECONDITION_FAILED,
                           "stays: somebody else replaced it meanwhile");
      }
      Done(names[begin + i], status);
    }
  }

  void File(const std::string& name) {
    const bool gone = unlink(Join(side_.directory, name).c_str()) == 0 || errno == ENOENT;
    Done(name, gone ? absl::OkStatus() : absl::ErrnoToStatus(errno, "cannot be removed"));
    // The directories above, as far as nothing else is in them.
    for (size_t slash = name.rfind('/'); gone && slash != std::string::npos && slash > 0;
         slash = name.rfind('/', slash - 1)) {
      if (rmdir(Join(side_.directory, name.substr(0, slash)).c_str()) != 0) break;
    }
  }

  size_t removed() const { return removed_; }

 private:
  void Done(const std::string& name, const absl::Status& status) {
    const std::string shown = Printable(Describe(side_.At(name)));
    if (!status.ok()) return console_.Fail(shown, status);
    ++removed_;
    console_.Succeed();
    if (!quiet_) console_.Note(absl::StrCat("removed ", shown));
  }

  const client::Client& client_;
  const SyncSide& side_;
  const bool quiet_;
  Console& console_;
  std::atomic<size_t> removed_ = 0;
};

}  // namespace

size_t RemoveNames(const client::Client& client, const SyncSide& side,
                   const std::vector<std::string>& names, bool quiet, int jobs, Console& console) {
  Removal removal(client, side, quiet, console);
  const std::stop_token& stop = console.environment().stop;
  if (side.url.has_value()) {
    for (size_t i = 0; i < names.size() && !stop.stop_requested(); i += kEntriesAtATime) {
      removal.Objects(names, i, std::min(names.size(), i + kEntriesAtATime));
    }
  } else {
    ParallelFor(names.size(), jobs, stop, [&](size_t i) { removal.File(names[i]); });
  }
  return removal.removed();
}

}  // namespace trebol::cli
