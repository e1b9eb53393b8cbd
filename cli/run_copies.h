#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "cli/console.h"
#include "cli/copy_plan.h"
#include "cli/progress.h"
#include "client/client.h"

namespace trebol::cli {

/// What to show while copies run.
Progress::Style ProgressStyle(bool quiet, bool into_standard_output, Console& console);

/// Carries out copies, `jobs` at a time, and shows how far they are. `copy` does one; its failure
/// goes to the console. Returns how many were done.
size_t RunCopies(const std::vector<CopyItem>& items, std::optional<uint64_t> total_bytes, int jobs,
                 Progress::Style style, Console& console,
                 const std::function<absl::Status(const CopyItem&, Progress&)>& copy);

inline constexpr int kMostJobs = 128;

}  // namespace trebol::cli
