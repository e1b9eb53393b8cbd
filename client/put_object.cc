#include <grpcpp/support/proto_buffer_reader.h>

#include <algorithm>
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
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"

namespace trebol::client {
namespace {

constexpr char kMethod[] = "/trebol.v1.ObjectService/PutObject";

/// A small object needs no buffer of a whole message: one byte more than announced shows that the
/// source has nothing left, or too much.
size_t PieceSize(const PutObjectOptions& options) {
  if (!options.content_length) return kMaxStreamMessageSize;
  return std::min<uint64_t>(kMaxStreamMessageSize, *options.content_length + 1);
}

v1::PutObjectRequest FirstMessage(const std::string& bucket, const std::string& key,
                                  const PutObjectOptions& options) {
  v1::PutObjectRequest message;
  v1::PutObjectRequest::Header& header = *message.mutable_header();
  header.set_bucket(bucket);
  header.set_key(key);
  header.set_content_type(options.content_type);
  header.mutable_user_metadata()->insert(options.user_metadata.begin(),
                                         options.user_metadata.end());
  if (options.content_length) header.set_content_length(*options.content_length);
  return message;
}

absl::Status CheckStored(const v1::ObjectInfo& info, uint64_t size, uint32_t crc) {
  if (info.crc32c() == crc && info.size() == size) return absl::OkStatus();
  return MakeError(
      absl::StatusCode::kDataLoss, v1::CHECKSUM_MISMATCH,
      absl::StrFormat("%s was stored with %d bytes and CRC32C %08x, but %d bytes with %08x were "
                      "sent; put it again",
                      info.key(), info.size(), info.crc32c(), size, crc));
}

absl::StatusOr<ObjectInfo> Answer(StreamCall& call, uint64_t size, uint32_t crc) {
  grpc::ByteBuffer answer;
  const bool answered = call.Read(&answer);
  RETURN_IF_ERROR(call.Finish());
  v1::ObjectInfo info;
  grpc::ProtoBufferReader reader(&answer);
  if (!answered || !info.ParseFromZeroCopyStream(&reader)) {
    return absl::InternalError("the gateway ended the upload without a readable answer");
  }
  RETURN_IF_ERROR(CheckStored(info, size, crc));
  return FromMessage(info);
}

/// A body on its way: the first message is kept, so that an attempt that the server refused before
/// it took more can be made again.
struct Upload {
  const Source& source;
  size_t piece_size = 0;
  grpc::ByteBuffer first;
  uint64_t size = 0;  // of what was read from the source so far
  uint32_t crc = 0;
  bool last = false;       // the source is at its end
  bool repeatable = true;  // nothing but `first` was sent
};

absl::StatusOr<ObjectInfo> Send(StreamCall& call, Upload& upload) {
  bool open = call.Write(upload.first, upload.last);
  while (open && !upload.last) {
    upload.repeatable = false;
    ASSIGN_OR_RETURN(Piece piece, ReadPiece(upload.source, upload.piece_size));
    upload.crc = Crc32c(piece.view(), upload.crc);
    upload.size += piece.size;
    upload.last = piece.last;
    v1::PutObjectRequest message;
    if (upload.last) message.mutable_trailer()->set_crc32c(upload.crc);
    open = call.Write(EncodePut(message, std::move(piece)), upload.last);
  }
  return Answer(call, upload.size, upload.crc);
}

}  // namespace

absl::StatusOr<ObjectInfo> Client::PutObject(const std::string& bucket, const std::string& key,
                                             const Source& source,
                                             const PutObjectOptions& options) const {
  RETURN_IF_ERROR(ValidateBucketName(bucket));
  RETURN_IF_ERROR(ValidateObjectKey(key));
  Upload upload{.source = source, .piece_size = PieceSize(options)};
  ASSIGN_OR_RETURN(Piece piece, ReadPiece(source, upload.piece_size));
  upload.size = piece.size;
  upload.crc = Crc32c(piece.view());
  upload.last = piece.last;
  v1::PutObjectRequest message = FirstMessage(bucket, key, options);
  if (upload.last) message.mutable_header()->set_crc32c(upload.crc);
  upload.first = EncodePut(message, std::move(piece));

  const ClientOptions& client = connection_->options();
  Backoff backoff(client.max_attempts);
  while (true) {
    const Lane& lane = connection_->NextLane();
    connection_->AwaitConnected(lane);
    StreamCall call(client, lane, kMethod);
    absl::StatusOr<ObjectInfo> info = Send(call, upload);
    if (info.ok()) connection_->retry_budget().OnSuccess();
    const bool again =
        upload.repeatable && MayRepeat(info.status(), Effect::kWrite) &&
        backoff.Wait(connection_->retry_budget(), absl::InfiniteFuture(), client.stop);
    if (!again) return info;
  }
}

}  // namespace trebol::client
