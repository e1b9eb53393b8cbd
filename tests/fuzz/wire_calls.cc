#include "tests/fuzz/wire_calls.h"

#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>

#include "absl/strings/strip.h"
#include "common/base/check.h"
#include "common/base/error.h"
#include "common/rpc/status_conversion.h"
#include "trebol/v1/batch.pb.h"

namespace trebol {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;

constexpr auto kPatience = std::chrono::seconds(60);  // libFuzzer has less

std::unique_ptr<Message> Empty(const Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

grpc::ByteBuffer BufferOf(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  TREBOL_CHECK(buffer.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

WireCalls::WireCalls(FuzzInput* input, MessageMaker* maker, std::shared_ptr<grpc::Channel> channel,
                     const std::vector<std::string>& services, const Identity* identity,
                     Score* score)
    : input_(*input),
      maker_(*maker),
      channel_(std::move(channel)),
      identity_(identity),
      score_(*score) {
  for (const std::string& name : services) {
    const auto* service =
        google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    TREBOL_CHECK(service != nullptr);
    for (int i = 0; i < service->method_count(); ++i) methods_.push_back(service->method(i));
  }
}

void WireCalls::One() {
  const Method& method = *methods_[input_.Byte() % methods_.size()];
  std::vector<std::string> messages;
  size_t count = method.client_streaming() ? 1 + input_.Byte() % 4 : 1;
  if (input_.Byte() % 32 == 31) count = 0;
  while (messages.size() < count) messages.push_back(Make(method));
  std::vector<std::string> answers;
  const absl::Status status = Call(method, messages, &answers);
  score_.Count(method.name(), status.ok());
  if (status.ok()) {
    for (const std::string& answer : answers) Learn(method, answer);
    return;
  }
  // gRPC itself refuses messages that are none, or of the wrong number.
  const bool by_grpc = absl::IsUnimplemented(status) || absl::IsInternal(status);
  const bool known = by_grpc || (!status.message().empty() && !absl::IsDeadlineExceeded(status) &&
                                 ReasonOf(status) != v1::ERROR_REASON_UNSPECIFIED);
  if (!known) {
    std::fprintf(stderr, "%s: %s\n", method.full_name().c_str(), status.ToString().c_str());
  }
  TREBOL_CHECK(known);
}

std::string WireCalls::Make(const Method& method) {
  if (input_.Byte() % 32 == 31) return input_.Bytes(255);
  const absl::string_view name = method.name();
  if (const auto single = absl::StripSuffix(name, "Batch"); single != name) {
    return MakeBatch(*method.service()->FindMethodByName(std::string(single)));
  }
  const auto message = Empty(method.input_type());
  maker_.Fill(message.get());
  return message->SerializeAsString();
}

std::string WireCalls::MakeBatch(const Method& single) {
  v1::Batch batch;
  for (int n = 1 + input_.Byte() % 4; n > 0; --n) {
    v1::Batch::Call& call = *batch.add_calls();
    if (input_.Byte() % 8 == 7) call.set_trace_parent(input_.Bytes(64));
    call.set_request(Make(single));
  }
  return batch.SerializeAsString();
}

absl::Status WireCalls::Call(const Method& method, const std::vector<std::string>& messages,
                             std::vector<std::string>* answers) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  if (identity_ != nullptr) identity_->Stamp(&context);
  grpc::CompletionQueue queue;
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  const std::string path = "/" + method.service()->full_name() + "/" + method.name();
  grpc::GenericStub stub(channel_);
  const auto call = stub.PrepareCall(&context, path, &queue);
  call->StartCall(nullptr);
  bool open = done();
  for (const std::string& message : messages) {
    if (!open) break;
    call->Write(BufferOf(message), nullptr);
    open = done();
  }
  if (open) {
    call->WritesDone(nullptr);
    done();
  }
  while (true) {
    grpc::ByteBuffer buffer;
    call->Read(&buffer, nullptr);
    if (!done()) break;
    answers->push_back(BytesOf(buffer));
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  done();
  return FromGrpcStatus(status);
}

void WireCalls::Learn(const Method& method, const std::string& answer) {
  const auto message = Empty(method.output_type());
  TREBOL_CHECK(message->ParseFromString(answer));
  maker_.Learn(*message);
}

}  // namespace trebol
