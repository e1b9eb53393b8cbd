#pragma once

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/async/one_shot.h"
#include "common/async/task.h"
#include "common/base/bytes.h"
#include "common/base/mutex.h"
#include "gateway/object/body.h"

namespace trebol {

/// What one operation reads, as the body that another stores. One piece is on its way at a time, so
/// that neither runs ahead of the other. Each side waits until the other goes on or closes: whoever
/// runs the operations closes each side when its operation has ended. One writer and one reader.
class BodyPipe : public std::enable_shared_from_this<BodyPipe> {
 public:
  BodyWriterPtr writer();
  BodyReaderPtr reader();

  /// The operation that writes has ended: the reader sees the end of the body, or this error.
  void CloseWriting(absl::Status status);
  /// The operation that reads has ended: the writer fails with CANCELLED.
  void CloseReading();

 private:
  class Writer;
  class Reader;
  using Signal = OneShot<absl::Status>;

  Task<void> Write(Bytes piece);
  Task<Bytes> Next();
  /// Null: the piece was taken over. It is left alone otherwise.
  absl::StatusOr<std::shared_ptr<Signal>> Offer(Bytes* piece);
  /// Null: `piece` is the next, or empty at the end.
  absl::StatusOr<std::shared_ptr<Signal>> Take(Bytes* piece);
  static void Wake(std::shared_ptr<Signal> waiting);

  Mutex mutex_;
  std::optional<Bytes> piece_ ABSL_GUARDED_BY(mutex_);
  std::optional<absl::Status> written_ ABSL_GUARDED_BY(mutex_);
  bool read_ ABSL_GUARDED_BY(mutex_) = false;
  std::shared_ptr<Signal> writer_waits_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<Signal> reader_waits_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
