#include "cli/progress.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/human.h"

namespace trebol::cli {
namespace {

constexpr absl::Duration kRedrawInterval = absl::Milliseconds(100);
constexpr absl::Duration kWindow = absl::Seconds(5);
constexpr size_t kBarWidth = 24;
constexpr absl::Duration kLongestEta = absl::Hours(1000);

std::string Bar(double share) {
  const auto filled = static_cast<size_t>(share * kBarWidth);
  std::string bar(filled, '=');
  if (filled < kBarWidth) bar += '>';
  bar.resize(kBarWidth, ' ');
  return absl::StrCat("[", bar, "]");
}

std::string Eta(const ProgressState& state) {
  const uint64_t left = *state.bytes_total - std::min(*state.bytes_total, state.bytes_done);
  if (state.bytes_per_second <= 0) return "ETA -:--";
  const absl::Duration eta = absl::Seconds(static_cast<double>(left) / state.bytes_per_second);
  return absl::StrCat("ETA ", eta > kLongestEta ? "-:--" : HumanDuration(eta));
}

}  // namespace

std::string FormatProgress(const ProgressState& state, int width) {
  // In the order of the line, each with its rank: the highest goes first when there is no room.
  std::vector<std::pair<int, std::string>> parts;
  if (state.bytes_total) {
    const double share = *state.bytes_total == 0
                             ? 1.0
                             : std::min(1.0, static_cast<double>(state.bytes_done) /
                                                 static_cast<double>(*state.bytes_total));
    parts.emplace_back(0, absl::StrFormat("%3d%%", static_cast<int>(share * 100)));
    parts.emplace_back(5, Bar(share));
    parts.emplace_back(
        3, absl::StrCat(HumanBytes(state.bytes_done), " of ", HumanBytes(*state.bytes_total)));
  } else {
    parts.emplace_back(0, HumanBytes(state.bytes_done));
  }
  parts.emplace_back(1,
                     absl::StrCat(HumanBytes(static_cast<uint64_t>(state.bytes_per_second)), "/s"));
  if (state.bytes_total) parts.emplace_back(2, Eta(state));
  if (state.files_total > 1) {
    parts.emplace_back(4, absl::StrCat(state.files_done, " of ", Count(state.files_total, "file")));
  }
  for (int rank = 6; rank >= 0; --rank) {
    std::string line;
    for (const auto& [part_rank, part] : parts) {
      if (part_rank < rank) absl::StrAppend(&line, line.empty() ? "" : "  ", part);
    }
    // The last column stays free: some terminals would go to the next line.
    if (static_cast<int>(line.size()) < width) return line;
  }
  return "";
}

void RateMeter::Record(Instant now, uint64_t total_bytes) {
  samples_.push_back({now, total_bytes});
  while (samples_.size() > 2 && now - samples_[1].at >= kWindow) samples_.pop_front();
}

double RateMeter::BytesPerSecond() const {
  if (samples_.size() < 2) return 0;
  const absl::Duration time = samples_.back().at - samples_.front().at;
  if (time <= absl::ZeroDuration()) return 0;
  return static_cast<double>(samples_.back().total - samples_.front().total) /
         absl::ToDoubleSeconds(time);
}

Progress::Progress(Console& console, Style style, uint64_t files_total,
                   std::optional<uint64_t> bytes_total)
    : console_(console),
      style_(style),
      clock_(console.environment().clock),
      begin_(clock_.Now()),
      last_drawn_(begin_) {
  state_.files_total = files_total;
  state_.bytes_total = bytes_total;
  rate_.Record(begin_, 0);
}

void Progress::AddBytes(uint64_t bytes) {
  MutexLock lock(&mutex_);
  state_.bytes_done += bytes;
  Redraw(false);
}

void Progress::FileDone(const std::string& line) {
  MutexLock lock(&mutex_);
  ++state_.files_done;
  if (style_ == Style::kLines) console_.Print(line);
  Redraw(false);
}

void Progress::Redraw(bool always) {
  if (style_ != Style::kBar) return;
  const Instant now = clock_.Now();
  if (!always && now - last_drawn_ < kRedrawInterval) return;
  last_drawn_ = now;
  rate_.Record(now, state_.bytes_done);
  state_.bytes_per_second = rate_.BytesPerSecond();
  console_.ShowStatusLine(FormatProgress(state_, console_.environment().columns()));
}

void Progress::Finish() {
  MutexLock lock(&mutex_);
  if (style_ != Style::kBar) return;
  console_.ShowStatusLine("");
  const absl::Duration time = clock_.Now() - begin_;
  const double seconds = std::max(0.001, absl::ToDoubleSeconds(time));
  console_.Note(absl::StrFormat(
      "%s, %s in %.1f s (%s/s)", Count(state_.files_done, "file"), HumanBytes(state_.bytes_done),
      seconds,
      HumanBytes(static_cast<uint64_t>(static_cast<double>(state_.bytes_done) / seconds))));
}

}  // namespace trebol::cli
