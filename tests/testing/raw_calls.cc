#include "tests/testing/raw_calls.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <cstdlib>
#include <utility>

#include "client/internal/call_signer.h"
#include "common/base/error.h"
#include "tests/testing/test_key.h"

namespace trebol::testing {

std::shared_ptr<grpc::Channel> PlainChannel(const std::string& endpoint) {
  UseTestKey();
  return client::DialSigned(endpoint, grpc::ChannelArguments(), std::getenv("AWS_ACCESS_KEY_ID"),
                            std::getenv("AWS_SECRET_ACCESS_KEY"));
}

std::unique_ptr<grpc::ClientContext> PlainContext(const Headers& headers) {
  auto context = std::make_unique<grpc::ClientContext>();
  for (const auto& [name, value] : headers) context->AddMetadata(name, value);
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::minutes(1));
  return context;
}

absl::Status StatusOf(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  // By hand, as a program in another language would: the type is found by the end of its URL.
  v1::StatusDetails details;
  v1::ErrorDetail detail;
  if (!details.ParseFromString(status.error_details())) return result;
  for (const auto& any : details.details()) {
    if (any.UnpackTo(&detail)) {
      return MakeError(result.code(), detail.reason(), result.message(), detail.attachment());
    }
  }
  return result;
}

absl::StatusOr<std::string> CallByName(const std::shared_ptr<grpc::Channel>& channel,
                                       const std::string& method, const std::string& request,
                                       const Headers& headers) {
  const auto context = PlainContext(headers);
  grpc::GenericStub stub(channel);
  grpc::CompletionQueue queue;
  // As a stream of one message each way: on the wire that is what a unary call is.
  const auto call = stub.PrepareCall(context.get(), method, &queue);
  const auto done = [&queue] {
    void* tag = nullptr;
    bool ok = false;
    return queue.Next(&tag, &ok) && ok;
  };
  call->StartCall(nullptr);
  done();
  const grpc::Slice slice(request);
  call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  done();
  grpc::ByteBuffer response;
  call->Read(&response, nullptr);
  const bool answered = done();
  grpc::Status status;
  call->Finish(&status, nullptr);
  done();
  if (!status.ok()) return StatusOf(status);
  if (!answered) return absl::UnknownError("it ended without an answer");
  grpc::Slice bytes;
  if (!response.DumpToSingleSlice(&bytes).ok()) return std::string();
  return std::string(reinterpret_cast<const char*>(bytes.begin()), bytes.size());
}

namespace {

template <typename Message>
grpc::Status Send(grpc::ClientWriter<Message>& writer, const std::vector<Message>& messages) {
  for (const Message& message : messages) {
    if (!writer.Write(message)) break;  // the status says why
  }
  writer.WritesDone();
  return writer.Finish();
}

}  // namespace

absl::StatusOr<v1::ObjectInfo> PutMessages(v1::ObjectService::Stub& stub,
                                           const std::vector<v1::PutObjectRequest>& messages) {
  const auto context = PlainContext();
  v1::ObjectInfo info;
  const auto writer = stub.PutObject(context.get(), &info);
  const grpc::Status status = Send(*writer, messages);
  if (!status.ok()) return StatusOf(status);
  return info;
}

absl::StatusOr<v1::PartInfo> PartMessages(v1::ObjectService::Stub& stub,
                                          const std::vector<v1::UploadPartRequest>& messages) {
  const auto context = PlainContext();
  v1::PartInfo info;
  const auto writer = stub.UploadPart(context.get(), &info);
  const grpc::Status status = Send(*writer, messages);
  if (!status.ok()) return StatusOf(status);
  return info;
}

absl::StatusOr<std::vector<v1::GetObjectResponse>> GetMessages(
    v1::ObjectService::Stub& stub, const v1::GetObjectRequest& request) {
  const auto context = PlainContext();
  const auto reader = stub.GetObject(context.get(), request);
  std::vector<v1::GetObjectResponse> messages;
  for (v1::GetObjectResponse message; reader->Read(&message);) messages.push_back(message);
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return StatusOf(status);
  return messages;
}

v1::PutObjectRequest PutHeader(const std::string& bucket, const std::string& key) {
  v1::PutObjectRequest message;
  message.mutable_header()->set_bucket(bucket);
  message.mutable_header()->set_key(key);
  return message;
}

v1::PutObjectRequest PutData(std::string data) {
  v1::PutObjectRequest message;
  message.set_data(std::move(data));
  return message;
}

}  // namespace trebol::testing
