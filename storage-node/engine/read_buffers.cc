#include "storage-node/engine/read_buffers.h"

#include <utility>

#include "common/base/limits.h"

namespace trebol {
namespace {

constexpr size_t kSmallest = 256 * kKiB;  // below it the allocator keeps memory itself
constexpr size_t kBufferSize = kDefaultChunkSize;
constexpr size_t kMostIdle = 4;

}  // namespace

std::shared_ptr<char> ReadBuffers::Take(size_t size) {
  if (size < kSmallest || size > kBufferSize) {
    return {new char[size], std::default_delete<char[]>()};
  }
  std::unique_ptr<char[]> buffer;
  {
    MutexLock lock(&mutex_);
    taken_ = true;
    if (!idle_.empty()) {
      buffer = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (buffer == nullptr) buffer.reset(new char[kBufferSize]);
  return {buffer.release(), [self = shared_from_this()](char* memory) {
            self->GiveBack(std::unique_ptr<char[]>(memory));
          }};
}

void ReadBuffers::GiveBack(std::unique_ptr<char[]> buffer) {
  MutexLock lock(&mutex_);
  if (idle_.size() < kMostIdle) idle_.push_back(std::move(buffer));
}

void ReadBuffers::ReleaseIfIdle() {
  MutexLock lock(&mutex_);
  if (!std::exchange(taken_, false)) idle_.clear();
}

}  // namespace trebol
