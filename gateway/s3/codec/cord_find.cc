#include "gateway/s3/codec/cord_find.h"

#include <algorithm>
#include <string>

namespace trebol {

std::optional<size_t> FindInCord(const Bytes& bytes, absl::string_view needle) {
  const size_t overlap = needle.size() - 1;
  std::string tail;     // what of the slices before could be a beginning
  size_t position = 0;  // of the slice
  for (const absl::string_view slice : bytes.Chunks()) {
    if (!tail.empty()) {
      const size_t before = tail.size();
      tail.append(slice.data(), std::min(overlap, slice.size()));
      const size_t found = tail.find(needle.data(), 0, needle.size());
      if (found != std::string::npos) return position - before + found;
    }
    const size_t found = slice.find(needle);
    if (found != absl::string_view::npos) return position + found;
    position += slice.size();
    if (slice.size() >= overlap) {
      tail = std::string(slice.substr(slice.size() - overlap));
    } else if (tail.empty()) {
      tail = std::string(slice);
    } else if (tail.size() > overlap) {
      tail.erase(0, tail.size() - overlap);
    }
  }
  return std::nullopt;
}

}  // namespace trebol
