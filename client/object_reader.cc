#include "client/object_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "common/base/status_macros.h"

namespace trebol::client {

ObjectReader::ObjectReader(std::unique_ptr<ObjectStream> stream) : stream_(std::move(stream)) {}
ObjectReader::ObjectReader(ObjectReader&&) noexcept = default;
ObjectReader& ObjectReader::operator=(ObjectReader&&) noexcept = default;
ObjectReader::~ObjectReader() = default;

absl::StatusOr<absl::string_view> ObjectReader::Next() {
  if (!left_over_.empty()) return std::exchange(left_over_, {});
  return stream_->Next();
}

absl::StatusOr<size_t> ObjectReader::Read(char* to, size_t size) {
  if (left_over_.empty()) {
    ASSIGN_OR_RETURN(left_over_, stream_->Next());
  }
  const size_t copied = std::min(size, left_over_.size());
  if (copied == 0) return copied;  // at the end there may be no address to copy from
  std::memcpy(to, left_over_.data(), copied);
  left_over_.remove_prefix(copied);
  return copied;
}

}  // namespace trebol::client
