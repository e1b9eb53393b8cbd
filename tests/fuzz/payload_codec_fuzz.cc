// Whatever arrives as a message with a payload, or as a batch of calls or of answers, is understood
// as protobuf understands it, or refused.
#include <grpcpp/support/slice.h>

#include <cstdint>
#include <string>
#include <vector>

#include "common/base/check.h"
#include "common/rpc/batch_codec.h"
#include "common/rpc/payload_codec.h"
#include "trebol/v1/batch.pb.h"
#include "trebol/v1/chunk.pb.h"
#include "trebol/v1/object.pb.h"

namespace trebol {
namespace {

/// The input as gRPC may deliver it: cut into slices at `cut`.
grpc::ByteBuffer BufferOf(const std::string& bytes, size_t cut) {
  cut = bytes.empty() ? 0 : cut % (bytes.size() + 1);
  std::vector<grpc::Slice> slices = {grpc::Slice(bytes.substr(0, cut)),
                                     grpc::Slice(bytes.substr(cut))};
  return grpc::ByteBuffer(slices.data(), slices.size());
}

template <typename Message>
void Compare(const std::string& bytes, size_t cut) {
  Message header;
  const auto payload = DecodeWithPayload(BufferOf(bytes, cut), &header);
  Message whole;
  const bool parses = whole.ParseFromString(bytes);
  TREBOL_CHECK(payload.ok() == parses);
  if (!parses) return;
  TREBOL_CHECK(std::string(*payload) == whole.data());
  whole.clear_data();
  TREBOL_CHECK(header.SerializeAsString() == whole.SerializeAsString());
}

void CompareBatch(const std::string& bytes) {
  const auto calls = DecodeCalls(Bytes(bytes));
  if (!calls.ok()) return;
  v1::Batch batch;
  TREBOL_CHECK(batch.ParseFromString(bytes));
  TREBOL_CHECK(calls->size() == static_cast<size_t>(batch.calls_size()));
  for (int i = 0; i < batch.calls_size(); ++i) {
    TREBOL_CHECK(std::string((*calls)[i].request) == batch.calls(i).request());
    TREBOL_CHECK((*calls)[i].trace_parent == batch.calls(i).trace_parent());
  }
}

void CompareAnswers(const std::string& bytes) {
  v1::BatchAnswer whole;
  if (!whole.ParseFromString(bytes)) return;
  const auto answers = DecodeAnswers(Bytes(bytes), static_cast<size_t>(whole.answers_size()));
  if (!answers.ok()) return;
  for (int i = 0; i < whole.answers_size(); ++i) {
    const BatchedAnswer& answer = (*answers)[i];
    TREBOL_CHECK(answer.has_value() != whole.answers(i).left_out());
    if (!answer.has_value()) continue;
    TREBOL_CHECK(answer->ok() == whole.answers(i).failure().empty());
    if (answer->ok()) TREBOL_CHECK(std::string(**answer) == whole.answers(i).response());
  }
}

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 1) return 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  trebol::Compare<trebol::v1::PutChunkRequest>(bytes, data[0]);
  trebol::Compare<trebol::v1::GetChunkResponse>(bytes, data[0]);
  trebol::CompareBatch(bytes);
  trebol::CompareAnswers(bytes);
  return 0;
}
