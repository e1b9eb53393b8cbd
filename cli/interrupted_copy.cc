#include "cli/interrupted_copy.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cli/human.h"
#include "common/base/error.h"

namespace trebol::cli {

bool StaysForResume(const absl::Status& why, bool asked) {
  switch (why.code()) {
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return true;
    case absl::StatusCode::kAborted:  // the version that it is of is gone
      return false;
    default:
      return asked && ReasonOf(why) != v1::PRECONDITION_FAILED;
  }
}

std::string HowToGoOn(const CopyItem& item, const TransferOptions& options, absl::string_view kept,
                      absl::string_view more) {
  const std::string version =
      options.version.empty() ? "" : absl::StrCat("--version ", ShellWord(options.version), " ");
  const std::string command = options.resume ? "the same command"
                                             : absl::StrCat("trebol cp --resume ", version,
                                                            ShellWord(Describe(item.source)), " ",
                                                            ShellWord(Describe(item.destination)));
  return absl::StrCat(Printable(Describe(item.source)), ": ", kept, "; ", command,
                      " goes on with it", more);
}

std::string ShellWord(absl::string_view word) {
  constexpr absl::string_view kPlain = "/:._-+=,@%";
  const bool plain = std::all_of(word.begin(), word.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           kPlain.find(c) != absl::string_view::npos;
  });
  if (plain && !word.empty()) return std::string(word);
  return absl::StrCat("'", absl::StrReplaceAll(Printable(word), {{"'", "'\\''"}}), "'");
}

client::ProgressCallback Into(Progress& progress) {
  return [&progress, before = uint64_t{0}](uint64_t done, uint64_t) mutable {
    progress.AddBytes(done - before);
    before = done;
  };
}

}  // namespace trebol::cli
