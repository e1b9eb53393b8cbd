#include "cli/console.h"

#include <cerrno>
#include <istream>
#include <ostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace trebol::cli {

Console::Console(std::string verb, Environment& environment)
    : verb_(std::move(verb)), environment_(environment) {}

void Console::Print(absl::string_view line) {
  MutexLock lock(&mutex_);
  if (!output_.ok()) return;
  errno = 0;
  environment_.out << line << '\n';
  CheckOutput();
}

absl::Status Console::Write(absl::string_view bytes) {
  MutexLock lock(&mutex_);
  if (!output_.ok()) return output_;
  errno = 0;
  environment_.out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  CheckOutput();
  return output_;
}

absl::Status Console::OutputStatus() {
  MutexLock lock(&mutex_);
  return output_;
}

void Console::CheckOutput() {
  if (environment_.out.good() || !output_.ok()) return;
  output_closed_ = errno == EPIPE;
  output_ = output_closed_
                ? absl::CancelledError("standard output was closed")
                : absl::ErrnoToStatus(errno == 0 ? EIO : errno, "cannot write to standard output");
}

void Console::Note(absl::string_view line) {
  MutexLock lock(&mutex_);
  RemoveStatusLine();
  environment_.err << line << '\n';
  environment_.err.flush();
}

void Console::PrintError(absl::string_view text) {
  RemoveStatusLine();
  environment_.err << "trebol: " << verb_ << (verb_.empty() ? "" : ": ") << text << '\n';
  environment_.err.flush();
}

void Console::Fail(absl::string_view subject, const absl::Status& status) {
  MutexLock lock(&mutex_);
  const int code = ExitCodeOf(status);
  failure_ = !failure_ || *failure_ == code ? code : kFailed;
  // What ends because of Ctrl-C or a closed pipe is no news.
  if (environment_.stop.stop_requested() || output_closed_) return;
  PrintError(absl::StrCat(subject, subject.empty() ? "" : ": ", status.message()));
}

void Console::EndWith(ExitCode code) {
  MutexLock lock(&mutex_);
  failure_ = code;
}

void Console::Succeed() {
  MutexLock lock(&mutex_);
  succeeded_ = true;
}

void Console::Usage(absl::string_view message) {
  MutexLock lock(&mutex_);
  PrintError(message);
  failure_ = kUsage;
}

void Console::RemoveStatusLine() {
  if (status_line_.empty()) return;
  environment_.err << "\r\x1b[K";
  status_line_.clear();
}

void Console::ShowStatusLine(absl::string_view line) {
  MutexLock lock(&mutex_);
  if (line.empty()) {
    RemoveStatusLine();
  } else {
    status_line_ = std::string(line);
    environment_.err << '\r' << line << "\x1b[K";
  }
  environment_.err.flush();
}

bool Console::Confirm(absl::string_view question) {
  if (!environment_.in_is_terminal || !environment_.err_is_terminal) return false;
  MutexLock lock(&mutex_);
  RemoveStatusLine();
  environment_.err << question << " [y/N] ";
  environment_.err.flush();
  std::string answer;
  std::getline(environment_.in, answer);
  answer = absl::AsciiStrToLower(absl::StripAsciiWhitespace(answer));
  return answer == "y" || answer == "yes";
}

int Console::Finish() {
  MutexLock lock(&mutex_);
  RemoveStatusLine();
  if (output_.ok()) {
    errno = 0;
    environment_.out.flush();
    CheckOutput();
  }
  environment_.err.flush();
  if (environment_.stop.stop_requested()) {
    PrintError("interrupted");
    return kInterrupted;
  }
  if (output_closed_) return kOutputClosed;
  if (!output_.ok()) {
    PrintError(output_.message());
    return kFailed;
  }
  if (!failure_) return kDone;
  return *failure_ != kUsage && succeeded_ ? kFailed : *failure_;
}

}  // namespace trebol::cli
