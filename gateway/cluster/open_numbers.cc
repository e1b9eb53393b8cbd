#include "gateway/cluster/open_numbers.h"

namespace trebol {

uint64_t OpenNumbers::Begin() {
  MutexLock lock(&mutex_);
  open_.insert(next_);
  return next_++;
}

void OpenNumbers::Settle(uint64_t number) {
  MutexLock lock(&mutex_);
  open_.erase(number);
}

OpenNumbers::Marks OpenNumbers::marks() {
  MutexLock lock(&mutex_);
  return {next_, {open_.begin(), open_.end()}};
}

}  // namespace trebol
