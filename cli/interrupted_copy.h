#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cli/copy_plan.h"
#include "cli/progress.h"
#include "cli/transfer.h"
#include "client/client.h"

namespace trebol::cli {

/// Whether what was done of a large file shall stay after `why`: what ended it from outside
/// (Ctrl-C, a gateway that went away), and with `asked` everything that may be remedied.
bool StaysForResume(const absl::Status& why, bool asked);

/// The line that says so, and which command goes on. `more` is its end.
std::string HowToGoOn(const CopyItem& item, const TransferOptions& options, absl::string_view kept,
                      absl::string_view more = "");

/// `word` as one word of a shell's command.
std::string ShellWord(absl::string_view word);

/// Turns what a transfer says of itself into what is added to the bar.
client::ProgressCallback Into(Progress& progress);

}  // namespace trebol::cli
