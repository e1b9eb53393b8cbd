#include "storage-node/engine/aligned_buffer.h"

#include <sys/mman.h>

#include "common/base/check.h"

namespace trebol {

void AlignedBuffer::Reserve(size_t size) {
  if (size <= size_) return;
  Release();
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  TREBOL_CHECK(memory != MAP_FAILED);
  data_ = static_cast<char*>(memory);
  size_ = size;
}

void AlignedBuffer::Release() {
  if (data_ != nullptr) munmap(data_, size_);
  data_ = nullptr;
  size_ = 0;
}

}  // namespace trebol
