#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/types.h"

namespace trebol::client {

/// Where the bytes of an ObjectReader come from: a call to a gateway, or in a test what the test
/// says. Not thread-safe.
class ObjectStream {
 public:
  virtual ~ObjectStream() = default;
  virtual const ObjectInfo& info() const = 0;
  virtual uint64_t offset() const = 0;
  virtual uint64_t length() const = 0;
  /// The next bytes, valid until the next call; empty at the end. An error stays.
  virtual absl::StatusOr<absl::string_view> Next() = 0;
};

/// The bytes of one object, pulled in order. Made by Client::OpenObject. When the connection breaks
/// it continues where it was, on the same version of the object; a version that is gone meanwhile
/// is ABORTED. Movable, not thread-safe. Destroying it early cancels the call.
class ObjectReader {
 public:
  explicit ObjectReader(std::unique_ptr<ObjectStream> stream);
  ObjectReader(ObjectReader&&) noexcept;
  ObjectReader& operator=(ObjectReader&&) noexcept;
  ~ObjectReader();

  const ObjectInfo& info() const { return stream_->info(); }
  /// Where in the object the reader begins, and how many bytes it gives in all.
  uint64_t offset() const { return stream_->offset(); }
  uint64_t length() const { return stream_->length(); }

  /// The next bytes, valid until the next call; empty at the end. The end is only reported after
  /// the length and, for a whole object, the CRC32C were right; DATA_LOSS otherwise.
  absl::StatusOr<absl::string_view> Next();

  /// Copies up to `size` bytes; 0 at the end. Fits where a Source is asked for.
  absl::StatusOr<size_t> Read(char* to, size_t size);

 private:
  std::unique_ptr<ObjectStream> stream_;
  absl::string_view left_over_;  // of the piece that Read is in
};

}  // namespace trebol::client
