#pragma once

// Inside the client library only: this header brings in gRPC.

#include <google/protobuf/message_lite.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/types.h"
#include "trebol/v1/object.pb.h"

namespace trebol::client {

// The messages of the two streams. Their payload goes between the user's memory and gRPC's slices
// without a copy in a protobuf string; on the wire they are the messages of object.proto.

/// A part of a body on its way out. `last`: the source had no more.
struct Piece {
  std::unique_ptr<char[]> bytes;
  size_t size = 0;
  bool last = false;

  absl::string_view view() const { return {bytes.get(), size}; }
};

/// The next piece of `source`, at most `size` bytes and only shorter at the end.
absl::StatusOr<Piece> ReadPiece(const Source& source, size_t size);

/// The memory of a piece as gRPC keeps it: sent any number of times without a copy.
grpc::Slice ToSlice(Piece piece);

/// `head`, a PutObjectRequest or UploadPartRequest without data, with `data` as its data.
grpc::ByteBuffer EncodeUpload(const google::protobuf::MessageLite& head, const grpc::Slice& data);

/// A message of the get stream. `data` lies in `buffer`, which must stay where it is.
struct GetFrame {
  grpc::ByteBuffer buffer;
  v1::GetObjectResponse head;  // without data
  std::vector<absl::string_view> data;

  /// False if `buffer` is not a GetObjectResponse.
  bool Decode();
};

}  // namespace trebol::client
