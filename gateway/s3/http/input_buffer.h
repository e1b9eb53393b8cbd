#pragma once

#include <cstddef>
#include <memory>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "common/base/bytes.h"

namespace trebol {

/// What was read from a connection and not yet used: one stretch of a block of memory, whose front
/// can be taken without copying. A block lives until the last that was taken from it is gone, and
/// goes on being filled behind that, so that a client that sends single bytes cannot make each of
/// them hold a block. Not thread-safe; what was taken is.
class InputBuffer {
 public:
  absl::string_view unread() const { return {begin(), end_ - begin_}; }
  /// The first `size` bytes of what is unread.
  Bytes Take(size_t size);
  void Skip(size_t size) { begin_ += size; }

  /// Where to read to, right behind what is unread: at least `least` bytes, which begin a block of
  /// `block_size` if the current one has less room. What is unread moves along.
  absl::Span<char> Room(size_t least, size_t block_size);
  /// `size` bytes were put there.
  void Filled(size_t size) { end_ += size; }

  /// Gives the block away if nothing is unread.
  void Release();

 private:
  const char* begin() const { return block_.get() + begin_; }

  std::shared_ptr<char[]> block_;
  size_t size_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace trebol
