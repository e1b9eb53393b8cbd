#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/types.h"

namespace trebol::client {

class Connection;

/// The bytes of one object, pulled in order. Made by Client::OpenObject. When the connection breaks
/// it continues where it was, on the same version of the object; a version that was replaced
/// meanwhile is ABORTED. Movable, not thread-safe. Destroying it early cancels the call.
class ObjectReader {
 public:
  ObjectReader(ObjectReader&&) noexcept;
  ObjectReader& operator=(ObjectReader&&) noexcept;
  ~ObjectReader();

  const ObjectInfo& info() const;
  /// How many bytes the reader will give in all: the size of the object or of the range.
  uint64_t length() const;

  /// The next bytes, valid until the next call; empty at the end. The end is only reported after
  /// the length and, for a whole object, the CRC32C were right; DATA_LOSS otherwise.
  absl::StatusOr<absl::string_view> Next();

  /// Copies up to `size` bytes; 0 at the end. Fits where a Source is asked for.
  absl::StatusOr<size_t> Read(char* to, size_t size);

 private:
  friend class Client;
  class Impl;
  explicit ObjectReader(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace trebol::client
