#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "common/async/task.h"
#include "common/base/bytes.h"
#include "trebol/v1/object.pb.h"

namespace trebol {

/// The bytes of an object as they come from a client. One reader at a time.
class BodyReader {
 public:
  virtual ~BodyReader() = default;
  /// The next piece, of any size; empty at the end. CANCELLED when the client went away.
  virtual Task<Bytes> Next() = 0;
  /// After the end: the checksums that the client says the whole body has.
  virtual v1::PutObjectRequest::Trailer trailer() const = 0;
};
using BodyReaderPtr = std::shared_ptr<BodyReader>;

/// Where the bytes of an object go. One writer at a time.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  /// What follows: before the first Write, once.
  virtual void Begin(const v1::ObjectInfo& info, const v1::ByteRange& range) = 0;
  /// Suspends until the client can take more. CANCELLED when it went away.
  virtual Task<void> Write(Bytes data) = 0;
};
using BodyWriterPtr = std::shared_ptr<BodyWriter>;

}  // namespace trebol
