#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/internal/grpc_connection.h"
#include "client/internal/messages.h"
#include "client/internal/payload.h"
#include "client/internal/retry.h"
#include "client/internal/stream_call.h"
#include "common/base/error.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol::client {
namespace {

constexpr char kMethod[] = "/trebol.v1.ObjectService/GetObject";

absl::Status Damaged(const std::string& message) {
  return MakeError(absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH, message);
}

class GrpcObjectStream final : public ObjectStream {
 public:
  GrpcObjectStream(std::shared_ptr<Transport> transport, const CallContext& context,
                   std::string bucket, std::string key, ReadObjectOptions asked)
      : transport_(std::move(transport)),
        context_(context),
        bucket_(std::move(bucket)),
        key_(std::move(key)),
        asked_(std::move(asked)),
        backoff_(context.max_attempts) {}

  /// Until the first message is there.
  absl::Status Open() {
    while (true) {
      const absl::Status status = Start();
      if (status.ok()) return status;
      if (!WaitBeforeRepeating(status)) return status;
    }
  }

  absl::StatusOr<absl::string_view> Next() override {
    while (next_piece_ == frame_.data.size()) {
      RETURN_IF_ERROR(failed_);
      if (ended_) return absl::string_view();
      failed_ = Receive();
    }
    const absl::string_view piece = frame_.data[next_piece_++];
    if (piece.size() > length_ - received_) {
      return failed_ = Damaged(absl::StrCat(key_, ": the gateway sent more than the ", length_,
                                            " bytes that it announced"));
    }
    received_ += piece.size();
    crc_ = Crc32c(piece, crc_);
    return piece;
  }

  const ObjectInfo& info() const override { return info_; }
  uint64_t offset() const override { return offset_; }
  uint64_t length() const override { return length_; }

 private:
  /// A call for what is still missing, up to its first message.
  absl::Status Start() {
    const Lane& lane = transport_->NextLane();
    connected_ = transport_->AwaitConnected(lane, context_);
    call_ = std::make_unique<StreamCall>(context_, lane, kMethod);
    const std::string bytes = MakeRequest().SerializeAsString();
    const grpc::Slice slice(bytes);
    if (!call_->Write(grpc::ByteBuffer(&slice, 1), /*last=*/true) || !call_->Read(&frame_.buffer)) {
      const absl::Status status = call_->Finish();
      return status.ok() ? absl::InternalError("the gateway ended the download without an answer")
                         : status;
    }
    RETURN_IF_ERROR(TakeFrame());
    return TakeHead();
  }

  v1::GetObjectRequest MakeRequest() const {
    v1::GetObjectRequest request;
    request.set_bucket(bucket_);
    request.set_key(key_);
    if (opened_) {
      request.set_version(info_.version);
      request.mutable_range()->set_offset(offset_ + received_);
      request.mutable_range()->set_length(length_ - received_);
      return request;
    }
    request.set_version(asked_.version);
    SetPreconditions(asked_.preconditions, request);
    if (asked_.suffix_length) {
      request.set_suffix_length(*asked_.suffix_length);
    } else if (asked_.range.offset != 0 || asked_.range.length) {
      request.mutable_range()->set_offset(asked_.range.offset);
      if (asked_.range.length) request.mutable_range()->set_length(*asked_.range.length);
    }
    return request;
  }

  absl::Status TakeFrame() {
    next_piece_ = 0;
    if (frame_.Decode()) return absl::OkStatus();
    frame_.data.clear();
    return absl::InternalError("the gateway sent a message that is not a GetObjectResponse");
  }

  absl::Status TakeHead() {
    if (!frame_.head.has_info()) {
      return absl::InternalError("the gateway sent an object without its description");
    }
    ObjectInfo info = FromMessage(frame_.head.info());
    if (opened_) {
      if (info.version == info_.version) return absl::OkStatus();
      frame_.data.clear();
      return Replaced();
    }
    info_ = std::move(info);
    offset_ = frame_.head.range().offset();
    length_ = frame_.head.has_range() ? frame_.head.range().length() : info_.size;
    opened_ = true;
    return absl::OkStatus();
  }

  absl::Status Replaced() const {
    return absl::AbortedError(
        absl::StrCat("trebol://", bucket_, "/", key_,
                     " was replaced or deleted while it was being read and the connection broke; "
                     "read it again"));
  }

  absl::Status Receive() {
    if (call_->Read(&frame_.buffer)) return TakeFrame();
    absl::Status status = call_->Finish();
    frame_.data.clear();
    next_piece_ = 0;
    if (status.ok()) {
      ended_ = true;
      return CheckWhole();
    }
    if (received_ > received_at_last_failure_) {
      backoff_ = Backoff(context_.max_attempts);  // it did get further
      received_at_last_failure_ = received_;
    }
    if (received_ == length_) return status;  // an empty rest cannot be asked for
    while (WaitBeforeRepeating(status)) {
      status = Start();
      if (status.ok()) return status;
      if (absl::IsNotFound(status)) return Replaced();
    }
    return status;
  }

  bool WaitBeforeRepeating(const absl::Status& status) {
    return !call_->timed_out() && MayRepeat(status, Effect::kRead) &&
           backoff_.Wait(status, connected_, transport_->retry_budget(), absl::InfiniteFuture(),
                         context_.stop);
  }

  absl::Status CheckWhole() {
    transport_->retry_budget().OnSuccess();
    if (received_ != length_) {
      return Damaged(absl::StrCat("trebol://", bucket_, "/", key_, " ended after ", received_,
                                  " of ", length_, " bytes"));
    }
    const bool whole = offset_ == 0 && length_ == info_.size;
    if (whole && crc_ != info_.crc32c && !Planted("client.damage_ends_normally")) {
      return Damaged(
          absl::StrFormat("trebol://%s/%s arrived with CRC32C %08x, but it was stored "
                          "with %08x; read it again",
                          bucket_, key_, crc_, info_.crc32c));
    }
    return absl::OkStatus();
  }

  const std::shared_ptr<Transport> transport_;
  const CallContext context_;
  const std::string bucket_;
  const std::string key_;
  const ReadObjectOptions asked_;
  Backoff backoff_;
  GetFrame frame_;  // outlives the call that fills it
  std::unique_ptr<StreamCall> call_;
  bool connected_ = false;  // the last attempt was sent
  bool opened_ = false;     // info_, offset_ and length_ are known
  bool ended_ = false;
  absl::Status failed_;  // the first error is also the answer to every later call
  ObjectInfo info_;
  uint64_t offset_ = 0;
  uint64_t length_ = 0;
  uint64_t received_ = 0;
  uint64_t received_at_last_failure_ = 0;
  uint32_t crc_ = 0;
  size_t next_piece_ = 0;
};

}  // namespace

absl::StatusOr<ObjectReader> GrpcConnection::OpenObject(const CallContext& context,
                                                        const std::string& bucket,
                                                        const std::string& key,
                                                        const ReadObjectOptions& options) {
  auto stream = std::make_unique<GrpcObjectStream>(transport_, context, bucket, key, options);
  RETURN_IF_ERROR(stream->Open());
  return ObjectReader(std::move(stream));
}

}  // namespace trebol::client
