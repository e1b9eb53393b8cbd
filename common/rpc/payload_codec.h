#pragma once

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>

#include "absl/status/statusor.h"
#include "common/base/bytes.h"

namespace trebol {

/// Messages whose last field is `bytes data = 15`, without copying that field: what is on the wire
/// is the ordinary encoding, so plain protobuf peers understand it.

/// `header` must leave `data` empty.
grpc::ByteBuffer EncodeWithPayload(const google::protobuf::MessageLite& header,
                                   const Bytes& payload);
/// The same as a rope, to be part of a larger message.
Bytes JoinPayload(const google::protobuf::MessageLite& header, const Bytes& payload);

/// Parses everything but the payload into `header` and returns the payload, whose slices stay where
/// they were received. A peer that orders its fields otherwise is understood too, at the price of a
/// copy. INVALID_ARGUMENT if it is no such message.
absl::StatusOr<Bytes> DecodeWithPayload(const grpc::ByteBuffer& buffer,
                                        google::protobuf::MessageLite* header);
absl::StatusOr<Bytes> SplitPayload(const Bytes& message, google::protobuf::MessageLite* header);

/// Ordinary messages.
grpc::ByteBuffer Encode(const google::protobuf::MessageLite& message);
absl::Status Decode(const grpc::ByteBuffer& buffer, google::protobuf::MessageLite* message);
absl::Status Decode(const Bytes& bytes, google::protobuf::MessageLite* message);

/// Bytes as they travel, without copying the large slices.
grpc::ByteBuffer ToByteBuffer(const Bytes& bytes);
Bytes FromByteBuffer(const grpc::ByteBuffer& buffer);

}  // namespace trebol
