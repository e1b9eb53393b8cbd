#include "cli/run_copies.h"

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "cli/human.h"
#include "cli/parallel.h"

namespace trebol::cli {

Progress::Style ProgressStyle(bool quiet, bool into_standard_output, Console& console) {
  const Environment& environment = console.environment();
  // Where the bytes of an object appear, nothing else may.
  const bool bytes_appear =
      into_standard_output && (environment.out_is_terminal || !environment.err_is_terminal);
  if (quiet || bytes_appear) return Progress::Style::kQuiet;
  return environment.err_is_terminal ? Progress::Style::kBar : Progress::Style::kLines;
}

size_t RunCopies(const std::vector<CopyItem>& items, std::optional<uint64_t> total_bytes, int jobs,
                 Progress::Style style, Console& console,
                 const std::function<absl::Status(const CopyItem&, Progress&)>& copy) {
  if (items.empty()) return 0;
  Progress progress(console, style, items.size(), total_bytes);
  std::atomic<size_t> done = 0;
  ParallelFor(items.size(), jobs, console.environment().stop, [&](size_t i) {
    const CopyItem& item = items[i];
    const std::string source = Printable(Describe(item.source));
    const absl::Status status = copy(item, progress);
    if (!status.ok()) return console.Fail(source, status);
    ++done;
    console.Succeed();
    progress.FileDone(absl::StrCat(source, " -> ", Printable(Describe(item.destination))));
  });
  progress.Finish();
  return done;
}

}  // namespace trebol::cli
