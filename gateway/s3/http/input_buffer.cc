#include "gateway/s3/http/input_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace trebol {
namespace {

// Below, a reference costs more than a copy, and could hold a block for nearly nothing.
constexpr size_t kLeastReferred = 1024;

}  // namespace

Bytes InputBuffer::Take(size_t size) {
  const absl::string_view front(begin(), size);
  begin_ += size;
  if (size < kLeastReferred) return Bytes(front);
  return absl::MakeCordFromExternal(front, [block = block_] {});
}

absl::Span<char> InputBuffer::Room(size_t least, size_t block_size) {
  if (size_ - end_ < least) {
    const size_t kept = end_ - begin_;
    const size_t size = std::max(block_size, kept + least);
    // Not make_shared<char[]>, which would clear it.
    std::shared_ptr<char[]> block(new char[size]);
    if (kept > 0) std::memcpy(block.get(), begin(), kept);
    block_ = std::move(block);
    size_ = size;
    begin_ = 0;
    end_ = kept;
  }
  return {block_.get() + end_, size_ - end_};
}

void InputBuffer::Release() {
  if (begin_ != end_) return;
  block_ = nullptr;
  size_ = begin_ = end_ = 0;
}

}  // namespace trebol
