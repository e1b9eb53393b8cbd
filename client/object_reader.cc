#include "client/object_reader.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/client.h"
#include "client/internal/connection.h"
#include "client/internal/messages.h"
#include "client/internal/payload.h"
#include "client/internal/retry.h"
#include "client/internal/stream_call.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol::client {
namespace {

constexpr char kMethod[] = "/trebol.v1.ObjectService/GetObject";

absl::Status Damaged(const std::string& message) {
  return MakeError(absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH, message);
}

}  // namespace

class ObjectReader::Impl {
 public:
  Impl(std::shared_ptr<Connection> connection, std::string bucket, std::string key,
       const ByteRange& range)
      : connection_(std::move(connection)),
        bucket_(std::move(bucket)),
        key_(std::move(key)),
        asked_(range),
        backoff_(connection_->options().max_attempts) {}

  /// Until the first message is there.
  absl::Status Open() {
    while (true) {
      const absl::Status status = Start();
      if (status.ok()) return status;
      if (!WaitBeforeRepeating(status)) return status;
    }
  }

  absl::StatusOr<absl::string_view> Next() {
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

  absl::StatusOr<size_t> Read(char* to, size_t size) {
    if (left_over_.empty()) {
      ASSIGN_OR_RETURN(left_over_, Next());
    }
    const size_t copied = std::min(size, left_over_.size());
    if (copied == 0) return copied;  // at the end there may be no address to copy from
    std::memcpy(to, left_over_.data(), copied);
    left_over_.remove_prefix(copied);
    return copied;
  }

  const ObjectInfo& info() const { return info_; }
  uint64_t length() const { return length_; }

 private:
  /// A call for what is still missing, up to its first message.
  absl::Status Start() {
    v1::GetObjectRequest request;
    request.set_bucket(bucket_);
    request.set_key(key_);
    if (opened_) {
      request.mutable_range()->set_offset(offset_ + received_);
      request.mutable_range()->set_length(length_ - received_);
    } else if (asked_.offset != 0 || asked_.length) {
      request.mutable_range()->set_offset(asked_.offset);
      if (asked_.length) request.mutable_range()->set_length(*asked_.length);
    }
    call_ = std::make_unique<StreamCall>(connection_->options(), connection_->NextLane(), kMethod);
    const std::string bytes = request.SerializeAsString();
    const grpc::Slice slice(bytes);
    if (!call_->Write(grpc::ByteBuffer(&slice, 1), /*last=*/true) || !call_->Read(&frame_.buffer)) {
      const absl::Status status = call_->Finish();
      return status.ok() ? absl::InternalError("the gateway ended the download without an answer")
                         : status;
    }
    RETURN_IF_ERROR(TakeFrame());
    return TakeHead();
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
      return absl::AbortedError(absl::StrCat(
          "trebol://", bucket_, "/", key_,
          " was replaced while it was being read and the connection broke; read it again"));
    }
    info_ = std::move(info);
    offset_ = frame_.head.range().offset();
    length_ = frame_.head.has_range() ? frame_.head.range().length() : info_.size;
    opened_ = true;
    return absl::OkStatus();
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
      backoff_ = Backoff(connection_->options().max_attempts);  // it did get further
      received_at_last_failure_ = received_;
    }
    if (received_ == length_) return status;  // an empty rest cannot be asked for
    while (WaitBeforeRepeating(status)) {
      status = Start();
      if (status.ok()) return status;
    }
    return status;
  }

  bool WaitBeforeRepeating(const absl::Status& status) {
    return MayRepeat(status, Effect::kRead) &&
           backoff_.Wait(connection_->retry_budget(), absl::InfiniteFuture(),
                         connection_->options().stop);
  }

  absl::Status CheckWhole() {
    connection_->retry_budget().OnSuccess();
    if (received_ != length_) {
      return Damaged(absl::StrCat("trebol://", bucket_, "/", key_, " ended after ", received_,
                                  " of ", length_, " bytes"));
    }
    const bool whole = offset_ == 0 && length_ == info_.size;
    if (whole && crc_ != info_.crc32c) {
      return Damaged(
          absl::StrFormat("trebol://%s/%s arrived with CRC32C %08x, but it was stored "
                          "with %08x; read it again",
                          bucket_, key_, crc_, info_.crc32c));
    }
    return absl::OkStatus();
  }

  const std::shared_ptr<Connection> connection_;
  const std::string bucket_;
  const std::string key_;
  const ByteRange asked_;
  Backoff backoff_;
  GetFrame frame_;  // outlives the call that fills it
  std::unique_ptr<StreamCall> call_;
  bool opened_ = false;  // info_, offset_ and length_ are known
  bool ended_ = false;
  absl::Status failed_;  // the first error is also the answer to every later call
  ObjectInfo info_;
  uint64_t offset_ = 0;
  uint64_t length_ = 0;
  uint64_t received_ = 0;
  uint64_t received_at_last_failure_ = 0;
  uint32_t crc_ = 0;
  size_t next_piece_ = 0;
  absl::string_view left_over_;  // of the piece that Read is in
};

ObjectReader::ObjectReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ObjectReader::ObjectReader(ObjectReader&&) noexcept = default;
ObjectReader& ObjectReader::operator=(ObjectReader&&) noexcept = default;
ObjectReader::~ObjectReader() = default;

const ObjectInfo& ObjectReader::info() const { return impl_->info(); }
uint64_t ObjectReader::length() const { return impl_->length(); }
absl::StatusOr<absl::string_view> ObjectReader::Next() { return impl_->Next(); }
absl::StatusOr<size_t> ObjectReader::Read(char* to, size_t size) { return impl_->Read(to, size); }

absl::StatusOr<ObjectReader> Client::OpenObject(const std::string& bucket, const std::string& key,
                                                const ByteRange& range) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  RETURN_IF_ERROR(ValidateObjectKey(key));
  auto impl = std::make_unique<ObjectReader::Impl>(connection_, bucket, key, range);
  RETURN_IF_ERROR(impl->Open());
  return ObjectReader(std::move(impl));
}

}  // namespace trebol::client
