#pragma once

#include <cstddef>

namespace trebol {

/// Page-aligned memory that direct I/O accepts, straight from the system so that giving it back
/// really frees it. Not thread-safe.
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  ~AlignedBuffer() { Release(); }
  AlignedBuffer(const AlignedBuffer&) = delete;
  AlignedBuffer& operator=(const AlignedBuffer&) = delete;

  /// At least `size` bytes at data(); what was there is lost if it grows.
  void Reserve(size_t size);
  void Release();

  char* data() { return data_; }
  size_t size() const { return size_; }

 private:
  char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace trebol
