#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "common/base/endian.h"

namespace trebol {

/// Takes little-endian numbers and strings off the front of bytes from a disk. Never reads past the
/// end: what is missing is 0 or empty, and ok() turns false for good.
class ByteReader {
 public:
  explicit ByteReader(absl::string_view bytes) : bytes_(bytes) {}

  template <typename Integer>
  Integer Take() {
    const absl::string_view bytes = TakeBytes(sizeof(Integer));
    return ok_ ? LoadLittleEndian<Integer>(bytes.data()) : Integer{0};
  }
  absl::string_view TakeBytes(size_t size) {
    if (size > bytes_.size()) ok_ = false;
    if (!ok_) return {};
    const absl::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  /// A number of elements of at least `element_size` bytes each: false where they cannot fit.
  uint32_t TakeCount(size_t element_size) {
    const auto count = Take<uint32_t>();
    if (count > bytes_.size() / element_size) ok_ = false;
    return ok_ ? count : 0;
  }
  bool ok() const { return ok_; }
  /// Everything was taken and nothing was missing.
  bool AtEnd() const { return ok_ && bytes_.empty(); }
  size_t remaining() const { return bytes_.size(); }

 private:
  absl::string_view bytes_;
  bool ok_ = true;
};

template <typename Integer>
void AppendLittleEndian(Integer value, std::string* out) {
  char bytes[sizeof value];
  StoreLittleEndian(value, bytes);
  out->append(bytes, sizeof bytes);
}

}  // namespace trebol
