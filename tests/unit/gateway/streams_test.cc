// The streams of the front door over real gRPC, on a gateway's rooms with twins behind them.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <thread>

#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/checksum/crc32c.h"
#include "common/rpc/channels.h"
#include "common/rpc/rpc_server.h"
#include "common/rpc/status_conversion.h"
#include "gateway/grpc/object_service.h"
#include "tests/testing/gateway_rig.h"
#include "tests/testing/open_gate.h"
#include "trebol/v1/object.grpc.pb.h"

namespace trebol {
namespace {

class ClosedGate final : public CallGate {
 public:
  Task<Caller> Enter(RequestContextPtr, CallClaim, std::string bucket, std::string) override {
    co_return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED, bucket);
  }
};

/// The parameter says whether the calls travel over TCP or inside the process.
class Streams : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { Start(absl::Minutes(1)); }
  void Start(absl::Duration idle, ObjectOperations operations = {},
             std::shared_ptr<CallGate> gate = std::make_shared<OpenGate>()) {
    server_.reset();
    operations.put = rig_.put;
    operations.get = rig_.get;
    operations.list = rig_.list;
    operations.buckets = std::make_shared<Buckets>(rig_.metadata, rig_.buckets, rig_.commands);
    operations.remove = std::make_shared<DeleteObject>(rig_.commands);
    service_ = MakeObjectService(rig_.runtime, std::move(operations), std::move(gate), idle);
    server_ = *RpcServer::Start(GetParam() ? "127.0.0.1:0" : "", {service_.get()});
    stub_ = v1::ObjectService::NewStub(GetParam() ? DialTcp(server_->endpoint(), 0)
                                                  : server_->InProcessChannel());
  }
  void TearDown() override {
    stub_.reset();
    server_.reset();
  }

  absl::Status Put(const std::string& key, const std::string& content, size_t piece,
                   v1::PutObjectRequest first = {}) {
    grpc::ClientContext context;
    v1::ObjectInfo info;
    auto writer = stub_->PutObject(&context, &info);
    first.mutable_header()->set_bucket("bucket");
    first.mutable_header()->set_key(key);
    writer->Write(first);
    for (size_t i = 0; i < content.size(); i += piece) {
      v1::PutObjectRequest message;
      message.set_data(content.substr(i, piece));
      if (!writer->Write(message)) break;
    }
    writer->WritesDone();
    const absl::Status status = FromGrpcStatus(writer->Finish());
    if (status.ok()) EXPECT_EQ(info.crc32c(), Crc32c(content));
    return status;
  }
  absl::Status Get(const std::string& key, std::string* content, int* messages = nullptr) {
    grpc::ClientContext context;
    v1::GetObjectRequest request;
    request.set_bucket("bucket");
    request.set_key(key);
    auto reader = stub_->GetObject(&context, request);
    v1::GetObjectResponse message;
    int count = 0;
    while (reader->Read(&message)) {
      EXPECT_EQ(message.has_info(), count == 0);
      EXPECT_EQ(message.has_range(), count == 0);
      EXPECT_LE(message.data().size(), kMaxStreamMessageSize);
      ++count;
      *content += message.data();
    }
    if (messages != nullptr) *messages = count;
    return FromGrpcStatus(reader->Finish());
  }

  GatewayRig rig_{64 * kMiB};
  std::unique_ptr<grpc::Service> service_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<v1::ObjectService::Stub> stub_;
};

TEST_P(Streams, CarryObjectsOfAllSizesThereAndBack) {
  rig_.metadata->set_chunk_size(3 * kMiB);
  rig_.metadata->CloseSessions();
  ASSERT_TRUE(rig_.runtime.BlockOn(rig_.session->Tick(BackgroundContext())).ok());
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100'000}, 3 * kMiB, 7 * kMiB + 5}) {
    const std::string content = GatewayRig::Text(size);
    ASSERT_TRUE(Put("key", content, kMaxStreamMessageSize).ok());
    std::string read;
    int messages = 0;
    ASSERT_TRUE(Get("key", &read, &messages).ok());
    EXPECT_TRUE(read == content) << size;
    EXPECT_GE(messages, 1);
  }
}

TEST_P(Streams, AreRefusedOnTheirFirstMessage) {
  Start(absl::Minutes(1), {}, std::make_shared<ClosedGate>());
  // The body never comes: whoever waited for it would wait for the idle watch.
  grpc::ClientContext put;
  v1::ObjectInfo info;
  auto writer = stub_->PutObject(&put, &info);
  v1::PutObjectRequest first;
  first.mutable_header()->set_bucket("bucket");
  writer->Write(first);
  EXPECT_EQ(ReasonOf(FromGrpcStatus(writer->Finish())), v1::ACCESS_DENIED);

  grpc::ClientContext part;
  v1::PartInfo part_info;
  auto part_writer = stub_->UploadPart(&part, &part_info);
  v1::UploadPartRequest part_first;
  part_first.mutable_header()->set_bucket("bucket");
  part_writer->Write(part_first);
  EXPECT_EQ(ReasonOf(FromGrpcStatus(part_writer->Finish())), v1::ACCESS_DENIED);

  std::string read;
  EXPECT_EQ(ReasonOf(Get("key", &read)), v1::ACCESS_DENIED);
  EXPECT_EQ(read, "");
}

TEST_P(Streams, CarryManySmallMessages) {
  const std::string content = GatewayRig::Text(3000);
  ASSERT_TRUE(Put("key", content, 1).ok());
  std::string read;
  ASSERT_TRUE(Get("key", &read).ok());
  EXPECT_EQ(read, content);
}

TEST_P(Streams, TakeDataBesideTheHeader) {
  v1::PutObjectRequest first;
  first.set_data("he");
  grpc::ClientContext context;
  v1::ObjectInfo info;
  auto writer = stub_->PutObject(&context, &info);
  first.mutable_header()->set_bucket("bucket");
  first.mutable_header()->set_key("key");
  writer->Write(first);
  v1::PutObjectRequest last;
  last.set_data("llo");
  last.mutable_trailer()->set_crc32c(Crc32c("hello"));
  writer->Write(last);
  writer->WritesDone();
  ASSERT_TRUE(writer->Finish().ok());
  std::string read;
  ASSERT_TRUE(Get("key", &read).ok());
  EXPECT_EQ(read, "hello");
}

TEST_P(Streams, RefuseAPutWithoutAHeaderOrWithTwoOrWithTooLargeAMessage) {
  {
    grpc::ClientContext context;
    v1::ObjectInfo info;
    auto writer = stub_->PutObject(&context, &info);
    writer->WritesDone();
    EXPECT_EQ(ReasonOf(FromGrpcStatus(writer->Finish())), v1::INVALID_ARGUMENT);
  }
  {
    grpc::ClientContext context;
    v1::ObjectInfo info;
    auto writer = stub_->PutObject(&context, &info);
    v1::PutObjectRequest data;
    data.set_data("data first");
    writer->Write(data);
    EXPECT_EQ(ReasonOf(FromGrpcStatus(writer->Finish())), v1::INVALID_ARGUMENT);
  }
  {
    grpc::ClientContext context;
    v1::ObjectInfo info;
    auto writer = stub_->PutObject(&context, &info);
    v1::PutObjectRequest message;
    message.mutable_header()->set_bucket("bucket");
    message.mutable_header()->set_key("key");
    writer->Write(message);
    writer->Write(message);
    EXPECT_EQ(ReasonOf(FromGrpcStatus(writer->Finish())), v1::INVALID_ARGUMENT);
  }
  EXPECT_EQ(ReasonOf(Put("key", std::string(kMaxStreamMessageSize + 1, 'x'), 2 * kMiB)),
            v1::INVALID_ARGUMENT);
  EXPECT_EQ(rig_.metadata->objects(), 0u);
  EXPECT_TRUE(rig_.Renewed().open().empty());
}

TEST_P(Streams, RefuseALargeMessageBeforeItIsRead) {
  v1::PutObjectRequest first;
  for (int i = 0; i < 100'000; ++i) {
    (*first.mutable_header()->mutable_user_metadata())["name" + std::to_string(i)] = "value";
  }
  EXPECT_EQ(ReasonOf(Put("key", "", 1, first)), v1::INVALID_ARGUMENT);
}

TEST_P(Streams, RefuseWhatTheMemoryForStreamsHasNoRoomFor) {
  ObjectOperations operations;
  operations.stream_memory = Semaphore::Create(2 * kUploadStreamMemory);
  Start(absl::Minutes(1), std::move(operations));
  struct Upload {
    grpc::ClientContext context;
    v1::ObjectInfo info;
    std::unique_ptr<grpc::ClientWriter<v1::PutObjectRequest>> writer;
  };
  std::vector<std::unique_ptr<Upload>> uploads;
  v1::PutObjectRequest message;
  message.mutable_header()->set_bucket("bucket");
  message.set_data(GatewayRig::Text(1500));
  for (int i = 0; i < 2; ++i) {
    auto upload = std::make_unique<Upload>();
    message.mutable_header()->set_key("large" + std::to_string(i));
    upload->writer = stub_->PutObject(&upload->context, &upload->info);
    ASSERT_TRUE(upload->writer->Write(message));
    uploads.push_back(std::move(upload));
  }
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.storage->chunks("n1") == 2; }));
  const absl::Status refused = Put("one more", "content", 10);
  EXPECT_EQ(ReasonOf(refused), v1::OVERLOADED) << refused;
  EXPECT_GE(RetryAfterOf(refused).value_or(absl::ZeroDuration()), absl::Milliseconds(50));
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  for (const auto& upload : uploads) {
    upload->writer->WritesDone();
    EXPECT_TRUE(upload->writer->Finish().ok());
  }
  EXPECT_TRUE(GatewayRig::Until([&] { return Put("one more", "content", 10).ok(); }));
}

TEST_P(Streams, RefuseMoreRequestsThanTheyServeAtOnce) {
  ASSERT_TRUE(Put("key", "content", 10).ok());
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  ObjectOperations operations;
  operations.admission = std::make_shared<Admission>(1);
  Start(absl::Minutes(1), std::move(operations));
  const auto head = [this] {
    grpc::ClientContext context;
    v1::HeadObjectRequest request;
    request.set_bucket("bucket");
    request.set_key("key");
    v1::ObjectInfo info;
    return FromGrpcStatus(stub_->HeadObject(&context, request, &info));
  };
  std::string read;
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Hold(node);
  std::thread reader([&] { EXPECT_TRUE(Get("key", &read).ok()); });
  EXPECT_TRUE(GatewayRig::Until([&] {
    return rig_.storage->held("n1") + rig_.storage->held("n2") + rig_.storage->held("n3") > 0;
  }));
  EXPECT_EQ(ReasonOf(head()), v1::OVERLOADED);
  EXPECT_GE(RetryAfterOf(head()).value_or(absl::ZeroDuration()), absl::Milliseconds(50));
  std::string other;
  EXPECT_EQ(ReasonOf(Get("key", &other)), v1::OVERLOADED);
  EXPECT_EQ(ReasonOf(Put("other", "content", 10)), v1::OVERLOADED);
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Release(node);
  reader.join();
  EXPECT_EQ(read, "content");
  EXPECT_TRUE(GatewayRig::Until([&] { return head().ok(); }));
}

/// Where a message is on its way until the other side reads it: over TCP, a small one is gone as
/// soon as the connection has it.
class StreamsInProcess : public Streams {};

TEST_P(StreamsInProcess, ADownloadKeepsItsPlaceUntilItsLastMessageIsTaken) {
  ASSERT_TRUE(Put("key", "content", 10).ok());
  ObjectOperations operations;
  operations.admission = std::make_shared<Admission>(1);
  Start(absl::Minutes(1), std::move(operations));
  grpc::ClientContext context;
  v1::GetObjectRequest request;
  request.set_bucket("bucket");
  request.set_key("key");
  auto reader = stub_->GetObject(&context, request);  // and reads nothing yet
  const auto gets = [this] {
    return rig_.storage->gets("n1") + rig_.storage->gets("n2") + rig_.storage->gets("n3");
  };
  ASSERT_TRUE(GatewayRig::Until(
      [&] { return gets() > 0 && rig_.read_memory->available() == rig_.memory_bytes; }));
  std::string other;
  EXPECT_EQ(ReasonOf(Get("key", &other)), v1::OVERLOADED);
  v1::GetObjectResponse message;
  EXPECT_TRUE(reader->Read(&message));
  EXPECT_EQ(message.data(), "content");
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_TRUE(GatewayRig::Until([&] { return Get("key", &other).ok(); }));
}

TEST_P(Streams, CarryTheReasonOfAnError) {
  std::string read;
  EXPECT_EQ(ReasonOf(Get("none", &read)), v1::OBJECT_NOT_FOUND);
  v1::PutObjectRequest first;
  first.mutable_header()->set_content_length(3);
  EXPECT_EQ(ReasonOf(Put("key", "four", 4, first)), v1::BODY_LENGTH_MISMATCH);
}

TEST_P(Streams, AnUploadThatIsCancelledNeverBecomesAnObject) {
  for (int i = 0; i < 150; ++i) {
    grpc::ClientContext context;
    v1::ObjectInfo info;
    auto writer = stub_->PutObject(&context, &info);
    v1::PutObjectRequest message;
    message.mutable_header()->set_bucket("bucket");
    message.mutable_header()->set_key("key");
    message.set_data(GatewayRig::Text(1500));
    writer->Write(message);
    if (i % 3 == 1) std::this_thread::sleep_for(std::chrono::microseconds(i * 20));
    context.TryCancel();
    EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.Renewed().open().empty(); }));
  EXPECT_EQ(rig_.metadata->objects(), 0u);
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
}

TEST_P(Streams, AnUploadThatWaitsForMemoryUntilItsDeadlineIsNotBegun) {
  {
    const auto all = rig_.memory->TryAcquire(rig_.memory_bytes);
    ASSERT_TRUE(all.has_value());
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(200));
    v1::ObjectInfo info;
    auto writer = stub_->PutObject(&context, &info);
    v1::PutObjectRequest message;
    message.mutable_header()->set_bucket("bucket");
    message.mutable_header()->set_key("key");
    message.set_data(GatewayRig::Text(1500));
    writer->Write(message);
    EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
    // While the memory is taken still.
    EXPECT_TRUE(GatewayRig::Until(
        [&] { return rig_.memory->waiting() == 0 && rig_.Renewed().open().empty(); }));
  }
  EXPECT_EQ(rig_.storage->puts("n1") + rig_.storage->puts("n2") + rig_.storage->puts("n3"), 0);
  EXPECT_EQ(rig_.metadata->objects(), 0u);
  EXPECT_TRUE(Put("key", "content", 10).ok());
}

TEST_P(Streams, ADownloadThatIsCancelledEnds) {
  ASSERT_TRUE(Put("key", GatewayRig::Text(500'000), 100'000).ok());
  for (int i = 0; i < 30; ++i) {
    grpc::ClientContext context;
    v1::GetObjectRequest request;
    request.set_bucket("bucket");
    request.set_key("key");
    auto reader = stub_->GetObject(&context, request);
    v1::GetObjectResponse message;
    for (int k = 0; k < i % 4; ++k) reader->Read(&message);
    context.TryCancel();
    while (reader->Read(&message)) {
    }
    reader->Finish();
  }
  EXPECT_TRUE(
      GatewayRig::Until([&] { return rig_.read_memory->available() == rig_.memory_bytes; }));
}

TEST_P(Streams, AFailureOfAReadIsAnErrorOfTheStream) {
  ASSERT_TRUE(Put("key", GatewayRig::Text(50'000), 10'000).ok());
  ASSERT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Hold(node);
  std::string read;
  std::thread damage([&] {
    EXPECT_TRUE(GatewayRig::Until([&] {
      return rig_.storage->held("n1") + rig_.storage->held("n2") + rig_.storage->held("n3") > 0;
    }));
    for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Forget(node);
    for (const char* node : {"n1", "n2", "n3"}) rig_.storage->Release(node);
  });
  const absl::Status status = Get("key", &read);
  damage.join();
  EXPECT_EQ(ReasonOf(status), v1::DATA_UNAVAILABLE);
}

TEST_P(Streams, CutOffAClientThatMakesNoProgress) {
  rig_.metadata->set_chunk_size(kMiB);
  rig_.metadata->CloseSessions();
  ASSERT_TRUE(rig_.runtime.BlockOn(rig_.session->Tick(BackgroundContext())).ok());
  const absl::Status stored = Put("large", GatewayRig::Text(24 * kMiB), kMiB);
  ASSERT_TRUE(stored.ok()) << stored;
  Start(absl::Milliseconds(200));
  grpc::ClientContext context;
  v1::ObjectInfo info;
  auto writer = stub_->PutObject(&context, &info);
  v1::PutObjectRequest message;
  message.mutable_header()->set_bucket("bucket");
  message.mutable_header()->set_key("key");
  message.set_data("x");
  writer->Write(message);
  EXPECT_EQ(writer->Finish().error_code(), grpc::StatusCode::CANCELLED);
  EXPECT_TRUE(GatewayRig::Until([&] { return rig_.memory_in_use() == 0; }));
  EXPECT_EQ(rig_.metadata->objects(), 1u);

  grpc::ClientContext slow;
  v1::GetObjectRequest request;
  request.set_bucket("bucket");
  request.set_key("large");
  auto reader = stub_->GetObject(&slow, request);  // and reads nothing
  EXPECT_TRUE(GatewayRig::Until([&] {
    return rig_.storage->gets("n1") + rig_.storage->gets("n2") + rig_.storage->gets("n3") > 0;
  }));
  EXPECT_TRUE(
      GatewayRig::Until([&] { return rig_.read_memory->available() == rig_.memory_bytes; }));
  slow.TryCancel();
  reader->Finish();
}

TEST_P(Streams, ServeTheNamesToo) {
  ASSERT_TRUE(Put("key", "content", 10).ok());
  grpc::ClientContext head_context;
  v1::HeadObjectRequest head;
  head.set_bucket("bucket");
  head.set_key("key");
  v1::ObjectInfo info;
  EXPECT_TRUE(stub_->HeadObject(&head_context, head, &info).ok());
  EXPECT_EQ(info.size(), 7u);
  v1::DeleteObjectRequest remove;
  remove.set_bucket("bucket");
  remove.set_key("key");
  for (const bool existed : {true, false}) {
    grpc::ClientContext context;
    v1::DeleteObjectResponse response;
    EXPECT_TRUE(stub_->DeleteObject(&context, remove, &response).ok());
    EXPECT_EQ(response.existed(), existed);
  }
}

INSTANTIATE_TEST_SUITE_P(Transports, Streams, testing::Bool(),
                         [](const auto& info) { return info.param ? "Tcp" : "InProcess"; });
INSTANTIATE_TEST_SUITE_P(Transport, StreamsInProcess, testing::Values(false));

}  // namespace
}  // namespace trebol
