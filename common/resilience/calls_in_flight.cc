#include "common/resilience/calls_in_flight.h"

namespace trebol {

CallsInFlight::Slot CallsInFlight::Begin(Instant now, uint32_t era) {
  Slot slot;
  if (free_.empty()) {
    slot = static_cast<Slot>(entries_.size());
    entries_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  entries_[slot] = {.begun = now, .era = era, .previous = last_};
  (last_ == kNone ? first_ : entries_[last_].next) = slot;
  last_ = slot;
  if (first_in_time_ == kNone) first_in_time_ = slot;
  ++size_;
  return slot;
}

CallsInFlight::Ended CallsInFlight::End(Slot slot) {
  const Entry entry = entries_[slot];
  (entry.previous == kNone ? first_ : entries_[entry.previous].next) = entry.next;
  (entry.next == kNone ? last_ : entries_[entry.next].previous) = entry.previous;
  if (first_in_time_ == slot) first_in_time_ = entry.next;
  free_.push_back(slot);
  --size_;
  return {entry.overdue, entry.era};
}

std::optional<uint32_t> CallsInFlight::NextOverdue(absl::Duration limit, Instant now) {
  if (first_in_time_ == kNone) return std::nullopt;
  Entry& entry = entries_[first_in_time_];
  if (now - entry.begun < limit) return std::nullopt;
  entry.overdue = true;
  first_in_time_ = entry.next;
  return entry.era;
}

std::optional<Instant> CallsInFlight::oldest() const {
  if (first_ == kNone) return std::nullopt;
  return entries_[first_].begun;
}

}  // namespace trebol
