#include "common/rpc/payload_codec.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/slice.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"

namespace trebol {
namespace {

using google::protobuf::MessageLite;
using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

constexpr uint32_t kDataTag = (15u << 3) | 2u;  // field 15, length-delimited
constexpr size_t kLongestHeader = 64 * kKiB;    // searched for the payload before the slow way
// Copied rather than referred to. Above all gRPC keeps slices of up to 23 bytes inside the Slice
// object itself, where nothing may point.
constexpr size_t kSmallSlice = 256;

absl::Status Malformed(absl::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                   absl::StrCat("the message is malformed: ", what, "; all strings must be UTF-8"));
}

/// Keeps a rope alive for the slices that point into it.
class SharedRope {
 public:
  explicit SharedRope(const Bytes& rope) : rope_(rope) {}
  const Bytes& rope() const { return rope_; }
  void Ref() { references_.fetch_add(1, std::memory_order_relaxed); }
  static void Unref(void* self) {
    auto* shared = static_cast<SharedRope*>(self);
    if (shared->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete shared;
  }

 private:
  const Bytes rope_;
  std::atomic<int> references_ = 1;
};

/// Where field 15 begins, when it is the last field; otherwise nothing.
struct PayloadPlace {
  size_t header_size = 0;
  size_t payload_begin = 0;
};
bool FindPayload(absl::string_view start, size_t message_size, PayloadPlace* place) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(start.data()),
                      static_cast<int>(start.size()));
  while (true) {
    const auto before = static_cast<size_t>(in.CurrentPosition());
    const uint32_t tag = in.ReadTag();
    if (tag == 0) return false;
    if (tag == kDataTag) {
      uint64_t size = 0;
      if (!in.ReadVarint64(&size)) return false;
      const auto begin = static_cast<size_t>(in.CurrentPosition());
      if (size != message_size - begin) return false;
      *place = {before, begin};
      return true;
    }
    uint64_t skipped = 0;
    uint32_t fixed32 = 0;
    switch (tag & 7) {
      case 0:
        if (!in.ReadVarint64(&skipped)) return false;
        break;
      case 1:
        if (!in.ReadLittleEndian64(&skipped)) return false;
        break;
      case 2:
        if (!in.ReadVarint64(&skipped) || skipped > start.size() ||
            !in.Skip(static_cast<int>(skipped))) {
          return false;
        }
        break;
      case 5:
        if (!in.ReadLittleEndian32(&fixed32)) return false;
        break;
      default:
        return false;
    }
  }
}

}  // namespace

Bytes FromByteBuffer(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return Bytes();
  Bytes rope;
  for (const grpc::Slice& slice : slices) {
    const absl::string_view view(reinterpret_cast<const char*>(slice.begin()), slice.size());
    if (view.size() <= kSmallSlice) {
      rope.Append(view);
    } else {
      rope.Append(absl::MakeCordFromExternal(view, [slice] {}));
    }
  }
  return rope;
}

grpc::ByteBuffer ToByteBuffer(const Bytes& bytes) {
  std::vector<grpc::Slice> slices;
  auto* shared = new SharedRope(bytes);
  for (absl::string_view piece : shared->rope().Chunks()) {
    if (piece.empty()) continue;
    shared->Ref();
    slices.emplace_back(const_cast<char*>(piece.data()), piece.size(), &SharedRope::Unref, shared);
  }
  SharedRope::Unref(shared);
  if (slices.empty()) slices.emplace_back();
  return grpc::ByteBuffer(slices.data(), slices.size());
}

Bytes JoinPayload(const MessageLite& header, const Bytes& payload) {
  std::string head = header.SerializeAsString();
  if (payload.empty()) return Bytes(std::move(head));
  uint8_t scratch[16];
  uint8_t* end = CodedOutputStream::WriteTagToArray(kDataTag, scratch);
  end = CodedOutputStream::WriteVarint64ToArray(payload.size(), end);
  head.append(reinterpret_cast<char*>(scratch), static_cast<size_t>(end - scratch));
  Bytes message(std::move(head));
  message.Append(payload);
  return message;
}

grpc::ByteBuffer EncodeWithPayload(const MessageLite& header, const Bytes& payload) {
  return ToByteBuffer(JoinPayload(header, payload));
}

absl::StatusOr<Bytes> DecodeWithPayload(const grpc::ByteBuffer& buffer, MessageLite* header) {
  return SplitPayload(FromByteBuffer(buffer), header);
}

absl::StatusOr<Bytes> SplitPayload(const Bytes& rope, MessageLite* header) {
  std::string start;
  // The header lies in the first slice as a rule; flattening it costs a few hundred bytes.
  const size_t searched = std::min(rope.size(), kLongestHeader);
  absl::string_view first = rope.empty() ? absl::string_view() : *rope.chunk_begin();
  PayloadPlace place;
  bool found = FindPayload(first.substr(0, searched), rope.size(), &place);
  if (!found && first.size() < searched) {
    start = std::string(rope.Subcord(0, searched));
    first = start;
    found = FindPayload(first, rope.size(), &place);
  }
  if (found) {
    if (!header->ParseFromArray(first.data(), static_cast<int>(place.header_size))) {
      return Malformed(header->GetTypeName());
    }
    return rope.Subcord(place.payload_begin, rope.size() - place.payload_begin);
  }
  // No payload, or not at the end: protobuf sorts it out, and the payload is taken out of the
  // message.
  const std::string all(rope);
  if (!header->ParseFromString(all)) return Malformed(header->GetTypeName());
  const auto* message = dynamic_cast<google::protobuf::Message*>(header);
  if (message == nullptr) return Bytes();
  const auto* field = message->GetDescriptor()->FindFieldByNumber(15);
  if (field == nullptr) return Bytes();
  auto* mutable_message = dynamic_cast<google::protobuf::Message*>(header);
  Bytes payload(message->GetReflection()->GetString(*message, field));
  mutable_message->GetReflection()->ClearField(mutable_message, field);
  return payload;
}

grpc::ByteBuffer Encode(const MessageLite& message) {
  grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

absl::Status Decode(const grpc::ByteBuffer& buffer, MessageLite* message) {
  grpc::Slice slice;
  if (!buffer.TrySingleSlice(&slice).ok() && !buffer.DumpToSingleSlice(&slice).ok()) {
    return Malformed("it has no bytes");
  }
  if (!message->ParseFromArray(slice.begin(), static_cast<int>(slice.size()))) {
    return Malformed(message->GetTypeName());
  }
  return absl::OkStatus();
}

absl::Status Decode(const Bytes& bytes, MessageLite* message) {
  std::string copy;
  absl::string_view flat;
  if (const auto whole = bytes.TryFlat()) {
    flat = *whole;
  } else {
    copy = std::string(bytes);
    flat = copy;
  }
  if (!message->ParseFromArray(flat.data(), static_cast<int>(flat.size()))) {
    return Malformed(message->GetTypeName());
  }
  return absl::OkStatus();
}

}  // namespace trebol
