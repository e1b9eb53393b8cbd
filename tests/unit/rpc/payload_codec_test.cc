#include "common/rpc/payload_codec.h"

#include <grpcpp/support/slice.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "common/base/error.h"
#include "tests/testing/seed.h"
#include "trebol/v1/chunk.pb.h"
#include "trebol/v1/object.pb.h"

namespace trebol {
namespace {

v1::PutChunkRequest Header() {
  v1::PutChunkRequest header;
  header.mutable_chunk()->set_index(7);
  header.mutable_chunk()->mutable_version()->set_sequence(1);
  header.set_crc32c(0xDEADBEEF);
  header.mutable_lineage()->set_index(99);
  return header;
}

std::string Flat(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  EXPECT_TRUE(buffer.DumpToSingleSlice(&slice).ok());
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

/// The bytes as they might arrive: in slices of these sizes (the last one again and again).
grpc::ByteBuffer InSlices(const std::string& bytes, const std::vector<size_t>& sizes) {
  std::vector<grpc::Slice> slices;
  for (size_t at = 0, i = 0; at < bytes.size(); ++i) {
    const size_t size = std::min(sizes[std::min(i, sizes.size() - 1)], bytes.size() - at);
    slices.emplace_back(bytes.data() + at, size);
    at += size;
  }
  return grpc::ByteBuffer(slices.data(), slices.size());
}

std::string Bytewise(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 131 + i / 256);
  return text;
}

TEST(PayloadCodec, RoundTripsInSlicesOfAnySize) {
  for (const size_t size : {0, 1, 5, 22, 23, 24, 256, 257, 5000, 200'000}) {
    const std::string payload = Bytewise(size);
    const std::string wire = Flat(EncodeWithPayload(Header(), Bytes(payload)));
    for (const auto& sizes : std::vector<std::vector<size_t>>{
             {1'000'000}, {1}, {3}, {23}, {24}, {5, 1, 300}, {1000}, {16384}}) {
      if (size > 10'000 && sizes.back() < 100) continue;
      v1::PutChunkRequest header;
      const auto data = DecodeWithPayload(InSlices(wire, sizes), &header);
      ASSERT_TRUE(data.ok()) << size << " bytes in slices of " << sizes[0];
      EXPECT_EQ(*data, payload);
      EXPECT_EQ(header.SerializeAsString(), Header().SerializeAsString());
    }
  }
}

TEST(PayloadCodec, IsTheEncodingOfPlainProtobuf) {
  const std::string payload = Bytewise(5000);
  v1::PutChunkRequest plain = Header();
  plain.set_data(payload);
  v1::PutChunkRequest parsed;
  ASSERT_TRUE(parsed.ParseFromString(Flat(EncodeWithPayload(Header(), Bytes(payload)))));
  EXPECT_EQ(parsed.SerializeAsString(), plain.SerializeAsString());
  v1::PutChunkRequest header;
  const auto data = DecodeWithPayload(InSlices(plain.SerializeAsString(), {700}), &header);
  ASSERT_TRUE(data.ok());
  EXPECT_EQ(*data, payload);
  EXPECT_TRUE(header.data().empty());
}

TEST(PayloadCodec, CopiesNoLargeSliceOnEitherSide) {
  const std::string memory = Bytewise(100'000);
  bool released = false;
  Bytes payload = absl::MakeCordFromExternal(memory, [&released] { released = true; });
  {
    const grpc::ByteBuffer buffer = EncodeWithPayload(Header(), payload);
    payload.Clear();
    std::vector<grpc::Slice> slices;
    ASSERT_TRUE(buffer.Dump(&slices).ok());
    ASSERT_EQ(slices.size(), 2u);
    EXPECT_EQ(reinterpret_cast<const char*>(slices[1].begin()), memory.data());
    v1::PutChunkRequest header;
    auto data = DecodeWithPayload(buffer, &header);
    ASSERT_TRUE(data.ok());
    EXPECT_EQ(data->chunk_begin()->data(), memory.data());
    EXPECT_FALSE(released);
  }
  EXPECT_TRUE(released);
}

TEST(PayloadCodec, UnderstandsAPayloadThatIsNotLastOrIsRepeated) {
  const std::string head = Header().SerializeAsString();
  std::string data("\x7A\x03", 2);  // field 15, three bytes
  data += "abc";
  for (const std::string& wire : {data + head, head.substr(0, 0) + data + head + data}) {
    v1::PutChunkRequest header;
    const auto payload = DecodeWithPayload(InSlices(wire, {4}), &header);
    ASSERT_TRUE(payload.ok());
    EXPECT_EQ(*payload, "abc");
    EXPECT_EQ(header.SerializeAsString(), head);
  }
}

TEST(PayloadCodec, KeepsUnknownFieldsOutOfTheWay) {
  std::string wire = Header().SerializeAsString();
  wire += std::string("\xA0\x06\x01", 3);              // field 100, varint
  wire += std::string("\xAA\x06\x02hi", 5);            // field 101, bytes
  wire += std::string("\xB5\x06\x01\x02\x03\x04", 6);  // field 102, fixed32
  wire += std::string("\x7A\x02ok", 4);
  v1::PutChunkRequest header;
  const auto payload = DecodeWithPayload(InSlices(wire, {100}), &header);
  ASSERT_TRUE(payload.ok());
  EXPECT_EQ(*payload, "ok");
  EXPECT_EQ(header.crc32c(), 0xDEADBEEFu);
}

TEST(PayloadCodec, RefusesWhatIsTruncated) {
  const std::string wire = Flat(EncodeWithPayload(Header(), Bytes("some payload")));
  int refused = 0;
  for (size_t size = 0; size < wire.size(); ++size) {
    v1::PutChunkRequest header;
    const auto data = DecodeWithPayload(InSlices(wire.substr(0, size), {9}), &header);
    if (!data.ok()) {
      ++refused;
      EXPECT_EQ(ReasonOf(data.status()), v1::INVALID_ARGUMENT);
    } else {
      EXPECT_TRUE(data->empty()) << "a whole payload out of a part of it";
    }
  }
  EXPECT_GT(refused, 20);
}

TEST(PayloadCodec, SurvivesHostileBytes) {
  std::mt19937 random(static_cast<uint32_t>(TestSeed()));
  const std::string good = Flat(EncodeWithPayload(Header(), Bytes(Bytewise(400))));
  for (int i = 0; i < 20'000; ++i) {
    std::string wire = good;
    for (uint32_t k = 0; k < 1 + random() % 6; ++k) {
      wire[random() % wire.size()] = static_cast<char>(random());
    }
    if (random() % 4 == 0) wire.resize(random() % wire.size());
    v1::PutChunkRequest header;
    v1::PutChunkRequest plain;
    const auto data = DecodeWithPayload(InSlices(wire, {1 + random() % 64}), &header);
    // The same verdict, and the same message, as protobuf's own parser.
    ASSERT_EQ(data.ok(), plain.ParseFromString(wire));
    if (data.ok()) ASSERT_EQ(std::string(*data), plain.data());
  }
}

TEST(PayloadCodec, RefusesLengthsThatLie) {
  for (const std::string& wire :
       {std::string("\x7A\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 11),
        std::string("\x7A\x05"
                    "ab",
                    4),
        std::string("\x0A\xFF\xFF\xFF\xFF\x0F", 6), std::string("\x7A", 1)}) {
    v1::PutChunkRequest header;
    EXPECT_FALSE(DecodeWithPayload(InSlices(wire, {3}), &header).ok());
  }
}

TEST(PayloadCodec, OrdinaryMessagesAndTheEmptyOne) {
  v1::GetChunkRequest request;
  ASSERT_TRUE(Decode(Encode(v1::GetChunkRequest()), &request).ok());
  EXPECT_TRUE(Decode(grpc::ByteBuffer(nullptr, 0), &request).ok());
  EXPECT_EQ(ReasonOf(Decode(InSlices("\x08", {1}), &request)), v1::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace trebol
