#include "gateway/replication/copy_count.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/error.h"
#include "common/base/planted.h"

namespace trebol {

CopyCount::CopyCount(size_t copies, size_t needed, size_t zones)
    : needed_(needed), zones_needed_(std::min(needed, zones)), copies_(copies) {}

void CopyCount::Succeeded(const std::string& zone, bool replaced) {
  MutexLock lock(&mutex_);
  if (replaced) --failing_;
  ++done_;
  zones_.insert(zone);
  Decide();
}

void CopyCount::Failed(absl::string_view node, const absl::Status& status, bool replaced) {
  MutexLock lock(&mutex_);
  if (replaced) --failing_;
  failures_.push_back(Annotate(status, node));
  Decide();
}

bool CopyCount::TakeSpare(size_t wanted) {
  MutexLock lock(&mutex_);
  const size_t others = copies_ - failures_.size() - failing_ - 1;
  if (decided_ || done_ >= needed_ || others >= wanted) return false;
  ++copies_;
  ++failing_;
  return true;
}

void CopyCount::ReturnSpare() {
  MutexLock lock(&mutex_);
  --copies_;
  --failing_;
  Decide();
}

void CopyCount::Stale(const absl::Status& status) {
  MutexLock lock(&mutex_);
  if (decided_ || done_ >= needed_) return;
  decided_ = true;
  outcome_->Set(status);
}

bool CopyCount::succeeded() {
  MutexLock lock(&mutex_);
  return done_ >= needed_;
}

bool CopyCount::decided() {
  MutexLock lock(&mutex_);
  return decided_;
}

void CopyCount::Decide() {
  const bool all_ended = done_ + failures_.size() == copies_;
  // Where no node of another zone can be reached, W copies in fewer zones are better than none.
  const bool spread = zones_.size() >= zones_needed_ || Planted("gateway.one_zone_is_enough");
  const bool enough = done_ >= needed_ && (spread || all_ended);
  const bool too_few = copies_ < needed_ + failures_.size();
  if (decided_ || (!enough && !too_few)) return;
  decided_ = true;
  outcome_->Set(enough ? absl::OkStatus() : Explain());
}

absl::Status CopyCount::Explain() const {
  const std::string text = absl::StrCat(
      "fewer than ", needed_, " copies could be written: ",
      absl::StrJoin(failures_, "; ", [](std::string* out, const absl::Status& failure) {
        absl::StrAppend(out, failure.message());
      }));
  // Full or overloaded nodes are no accident that a repeat mends at once.
  const bool exhausted =
      std::all_of(failures_.begin(), failures_.end(),
                  [](const absl::Status& failure) { return absl::IsResourceExhausted(failure); });
  if (exhausted) {
    const absl::Status full =
        MakeError(absl::StatusCode::kResourceExhausted, ReasonOf(failures_.front()), text);
    absl::Duration longest;  // that one of them wants to be left alone
    for (const absl::Status& failure : failures_) {
      longest = std::max(longest, RetryAfterOf(failure).value_or(absl::ZeroDuration()));
    }
    return longest > absl::ZeroDuration() ? WithRetryAfter(full, longest) : full;
  }
  return MakeError(absl::StatusCode::kUnavailable, v1::QUORUM_NOT_MET, text);
}

}  // namespace trebol
