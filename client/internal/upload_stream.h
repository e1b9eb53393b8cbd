#pragma once

// Inside the client library only: this header brings in gRPC.

#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "client/internal/client_session.h"
#include "client/internal/message_call.h"
#include "client/internal/payload.h"
#include "client/internal/retry.h"
#include "client/internal/stream_call.h"
#include "client/internal/transport.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol::client {

/// The bytes of an upload.
struct UploadBody {
  const Source& source;
  const Rewind& rewind;          // may be empty
  std::optional<uint64_t> size;  // as announced
};

/// The client stream of a put or of a part, attempt after attempt. The first piece is kept, so that
/// an attempt that sent no more can be made again; one that sent more only after a rewind. Not
/// thread-safe.
template <typename Request, typename Answer>
class UploadStream {
 public:
  UploadStream(Transport& transport, ClientSession& session, const CallContext& context,
               std::string method, UploadBody body)
      : transport_(transport),
        session_(session),
        context_(context),
        method_(std::move(method)),
        body_(std::move(body)) {}

  absl::StatusOr<Answer> Run(typename Request::Header header) {
    RETURN_IF_ERROR(ReadFirst());
    ASSIGN_OR_RETURN(Operation operation, session_.Begin(context_));
    Backoff backoff(context_.max_attempts);
    while (true) {
      operation.Name(header);
      const Lane& lane = transport_.NextLane();
      const bool connected = transport_.AwaitConnected(lane, context_);
      absl::StatusOr<Answer> answer = first_is_last_ ? SendWhole(lane, header) : Send(lane, header);
      if (answer.ok()) {
        transport_.retry_budget().OnSuccess();
        return answer;
      }
      if (!CanRepeat(answer.status(), operation.effect()) ||
          !backoff.Wait(answer.status(), connected, transport_.retry_budget(),
                        absl::InfiniteFuture(), context_.stop)) {
        return session_.Ended(operation, answer.status());
      }
      if (LostSession(answer.status())) {
        ASSIGN_OR_RETURN(operation, session_.Replace(std::move(operation), context_));
      }
      if (beyond_first_) {
        RETURN_IF_ERROR(body_.rewind());
        RETURN_IF_ERROR(ReadFirst());
      }
    }
  }

 private:
  /// Of a body that went out to its end.
  struct Whole {
    uint64_t size = 0;
    uint32_t crc = 0;
  };

  /// A small object needs no buffer of a whole message: one byte more than announced shows that the
  /// source has nothing left, or too much.
  size_t PieceSize() const {
    if (!body_.size) return kMaxStreamMessageSize;
    return std::min<uint64_t>(kMaxStreamMessageSize, *body_.size + 1);
  }

  absl::Status ReadFirst() {
    ASSIGN_OR_RETURN(Piece piece, ReadPiece(body_.source, PieceSize()));
    first_crc_ = Crc32c(piece.view());
    first_is_last_ = piece.last;
    first_ = ToSlice(std::move(piece));
    beyond_first_ = false;
    return absl::OkStatus();
  }

  absl::StatusOr<Answer> SendWhole(const Lane& lane, const typename Request::Header& header) {
    Request message;
    *message.mutable_header() = header;
    message.mutable_header()->set_crc32c(first_crc_);
    whole_ = Whole{.size = first_.size(), .crc = first_crc_};
    MessageCall call(context_, lane, method_);
    grpc::ByteBuffer bytes;
    const absl::Status status = call.Run(EncodeUpload(message, first_), &bytes);
    timed_out_ = call.timed_out();
    RETURN_IF_ERROR(status);
    return Checked(bytes);
  }

  absl::StatusOr<Answer> Send(const Lane& lane, const typename Request::Header& header) {
    StreamCall call(context_, lane, method_);
    RETURN_IF_ERROR(SendPieces(call, header));
    grpc::ByteBuffer bytes;
    (void)call.Read(&bytes);
    const absl::Status status = call.Finish();
    timed_out_ = call.timed_out();
    RETURN_IF_ERROR(status);
    return Checked(bytes);
  }

  /// Until the stream ends; an error is that of the source.
  absl::Status SendPieces(StreamCall& call, const typename Request::Header& header) {
    Request message;
    *message.mutable_header() = header;
    Whole sent{.size = first_.size(), .crc = first_crc_};
    bool last = false;
    bool open = call.Write(EncodeUpload(message, first_), last);
    while (open && !last) {
      beyond_first_ = true;
      absl::StatusOr<Piece> piece = ReadPiece(body_.source, PieceSize());
      if (!piece.ok()) {
        source_failed_ = true;
        return piece.status();
      }
      sent.crc = Crc32c(piece->view(), sent.crc);
      sent.size += piece->size;
      last = piece->last;
      Request next;
      if (last) next.mutable_trailer()->set_crc32c(sent.crc);
      open = call.Write(EncodeUpload(next, ToSlice(*std::move(piece))), last);
    }
    if (last) whole_ = sent;
    return absl::OkStatus();
  }

  /// The answer, if it is about what was sent.
  absl::StatusOr<Answer> Checked(grpc::ByteBuffer& bytes) const {
    Answer answer;
    grpc::ProtoBufferReader reader(&bytes);
    if (!bytes.Valid() || !answer.ParseFromZeroCopyStream(&reader)) {
      return absl::InternalError("the gateway ended the upload without a readable answer");
    }
    // A repeat may be answered before it was sent: with what the attempt before it stored.
    if (whole_ && answer.crc32c() == whole_->crc && answer.size() == whole_->size) return answer;
    if (!whole_) {
      return MakeError(absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH,
                       "the gateway answered before it had the whole body; upload it again");
    }
    return MakeError(
        absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH,
        absl::StrFormat("stored were %d bytes with CRC32C %08x, but %d bytes with %08x were sent; "
                        "upload them again",
                        answer.size(), answer.crc32c(), whole_->size, whole_->crc));
  }

  bool CanRepeat(const absl::Status& status, Effect effect) const {
    if (source_failed_ || timed_out_) return false;
    if (beyond_first_ && !body_.rewind) return false;
    return MayRepeat(status, effect);
  }

  Transport& transport_;
  ClientSession& session_;
  const CallContext& context_;
  const std::string method_;
  const UploadBody body_;
  grpc::Slice first_;
  uint32_t first_crc_ = 0;
  bool first_is_last_ = false;
  bool beyond_first_ = false;  // something of the source is gone that only a rewind brings back
  bool source_failed_ = false;
  bool timed_out_ = false;  // the last attempt
  std::optional<Whole> whole_;
};

}  // namespace trebol::client
