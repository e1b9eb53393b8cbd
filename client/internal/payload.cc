#include "client/internal/payload.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <string>
#include <utility>

#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

constexpr uint32_t Tag(int field) {
  return WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
}

constexpr uint32_t kInfoTag = Tag(v1::GetObjectResponse::kInfoFieldNumber);
constexpr uint32_t kRangeTag = Tag(v1::GetObjectResponse::kRangeFieldNumber);
constexpr uint32_t kDataTag = Tag(v1::GetObjectResponse::kDataFieldNumber);
static_assert(kDataTag == Tag(v1::PutObjectRequest::kDataFieldNumber));
static_assert(kDataTag == Tag(v1::UploadPartRequest::kDataFieldNumber));

void FreeBytes(void* bytes) { delete[] static_cast<char*>(bytes); }

bool ReadMessage(CodedInputStream& input, google::protobuf::MessageLite* message) {
  std::string bytes;
  return WireFormatLite::ReadBytes(&input, &bytes) && message->MergeFromString(bytes);
}

bool ReadViews(CodedInputStream& input, std::vector<absl::string_view>* views) {
  uint32_t left = 0;
  if (!input.ReadVarint32(&left)) return false;
  while (left > 0) {
    const void* bytes = nullptr;
    int available = 0;
    if (!input.GetDirectBufferPointer(&bytes, &available)) return false;
    const uint32_t size = std::min(left, static_cast<uint32_t>(available));
    if (size > 0) views->emplace_back(static_cast<const char*>(bytes), size);
    if (!input.Skip(static_cast<int>(size))) return false;
    left -= size;
  }
  return true;
}

}  // namespace

absl::StatusOr<Piece> ReadPiece(const Source& source, size_t size) {
  Piece piece;
  piece.bytes.reset(new char[size]);
  while (piece.size < size) {
    ASSIGN_OR_RETURN(const size_t got, source(piece.bytes.get() + piece.size, size - piece.size));
    if (got == 0) {
      piece.last = true;
      break;
    }
    piece.size += got;
  }
  return piece;
}

grpc::Slice ToSlice(Piece piece) {
  if (piece.size == 0) return grpc::Slice();
  const size_t size = piece.size;
  return grpc::Slice(piece.bytes.release(), size, FreeBytes);
}

grpc::ByteBuffer EncodeUpload(const google::protobuf::MessageLite& head, const grpc::Slice& data) {
  std::string prefix = head.SerializeAsString();
  if (data.size() == 0) {
    const grpc::Slice slice(prefix);
    return grpc::ByteBuffer(&slice, 1);
  }
  uint8_t field[16];
  uint8_t* end = CodedOutputStream::WriteVarint32ToArray(kDataTag, field);
  end = CodedOutputStream::WriteVarint32ToArray(static_cast<uint32_t>(data.size()), end);
  prefix.append(reinterpret_cast<const char*>(field), end - field);
  const grpc::Slice slices[] = {grpc::Slice(prefix), data};
  return grpc::ByteBuffer(slices, 2);
}

bool GetFrame::Decode() {
  head.Clear();
  data.clear();
  grpc::ProtoBufferReader reader(&buffer);
  if (!reader.status().ok()) return false;
  CodedInputStream input(&reader);
  while (const uint32_t tag = input.ReadTag()) {
    const bool good = tag == kInfoTag    ? ReadMessage(input, head.mutable_info())
                      : tag == kRangeTag ? ReadMessage(input, head.mutable_range())
                      : tag == kDataTag  ? ReadViews(input, &data)
                                         : WireFormatLite::SkipField(&input, tag);
    if (!good) return false;
  }
  return input.ConsumedEntireMessage();
}

}  // namespace trebol::client
