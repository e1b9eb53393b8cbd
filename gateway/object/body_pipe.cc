#include "gateway/object/body_pipe.h"

#include <utility>

#include "common/base/status_macros.h"

namespace trebol {

class BodyPipe::Writer final : public BodyWriter {
 public:
  explicit Writer(std::shared_ptr<BodyPipe> pipe) : pipe_(std::move(pipe)) {}
  void Begin(const v1::ObjectInfo& /*info*/, const v1::ByteRange& /*range*/) override {}
  Task<void> Write(Bytes data) override { return pipe_->Write(std::move(data)); }

 private:
  const std::shared_ptr<BodyPipe> pipe_;
};

class BodyPipe::Reader final : public BodyReader {
 public:
  explicit Reader(std::shared_ptr<BodyPipe> pipe) : pipe_(std::move(pipe)) {}
  Task<Bytes> Next() override { return pipe_->Next(); }
  v1::PutObjectRequest::Trailer trailer() const override { return {}; }

 private:
  const std::shared_ptr<BodyPipe> pipe_;
};

BodyWriterPtr BodyPipe::writer() { return std::make_shared<Writer>(shared_from_this()); }
BodyReaderPtr BodyPipe::reader() { return std::make_shared<Reader>(shared_from_this()); }

void BodyPipe::Wake(std::shared_ptr<Signal> waiting) {
  if (waiting != nullptr) waiting->Set(absl::OkStatus());
}

void BodyPipe::CloseWriting(absl::Status status) {
  std::shared_ptr<Signal> waiting;
  {
    MutexLock lock(&mutex_);
    written_ = std::move(status);
    waiting = std::move(reader_waits_);
  }
  Wake(std::move(waiting));
}

void BodyPipe::CloseReading() {
  std::shared_ptr<Signal> waiting;
  {
    MutexLock lock(&mutex_);
    read_ = true;
    piece_.reset();
    waiting = std::move(writer_waits_);
  }
  Wake(std::move(waiting));
}

absl::StatusOr<std::shared_ptr<BodyPipe::Signal>> BodyPipe::Offer(Bytes* piece) {
  std::shared_ptr<Signal> waiting;
  {
    MutexLock lock(&mutex_);
    if (read_) return absl::CancelledError("what was read is stored no longer");
    if (piece_.has_value()) {
      writer_waits_ = std::make_shared<Signal>();
      return writer_waits_;
    }
    piece_ = std::move(*piece);
    waiting = std::move(reader_waits_);
  }
  Wake(std::move(waiting));
  return nullptr;
}

absl::StatusOr<std::shared_ptr<BodyPipe::Signal>> BodyPipe::Take(Bytes* piece) {
  std::shared_ptr<Signal> waiting;
  {
    MutexLock lock(&mutex_);
    if (!piece_.has_value()) {
      if (written_.has_value()) {
        RETURN_IF_ERROR(*written_);
        return nullptr;
      }
      reader_waits_ = std::make_shared<Signal>();
      return reader_waits_;
    }
    *piece = *std::move(piece_);
    piece_.reset();
    waiting = std::move(writer_waits_);
  }
  Wake(std::move(waiting));
  return nullptr;
}

Task<void> BodyPipe::Write(Bytes piece) {
  const auto self = shared_from_this();
  while (!piece.empty()) {
    CO_ASSIGN_OR_RETURN(const std::shared_ptr<Signal> waits, Offer(&piece));
    if (waits == nullptr) break;
    CO_RETURN_IF_ERROR(co_await Signal::Wait(waits));
  }
  co_return absl::OkStatus();
}

Task<Bytes> BodyPipe::Next() {
  const auto self = shared_from_this();
  while (true) {
    Bytes piece;
    CO_ASSIGN_OR_RETURN(const std::shared_ptr<Signal> waits, Take(&piece));
    if (waits == nullptr) co_return piece;
    CO_RETURN_IF_ERROR(co_await Signal::Wait(waits));
  }
}

}  // namespace trebol
