// Batcher, against a real server that holds what it is told to hold.
#include "common/rpc/batcher.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <future>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/error.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/rpc_server.h"
#include "common/rpc/serve.h"
#include "common/rpc/status_conversion.h"
#include "trebol/v1/chunk.grpc.pb.h"

namespace trebol {
namespace {

using ::testing::Each;

constexpr BatchMethod kMethod = {"/trebol.v1.ChunkService/GetChunk",
                                 "/trebol.v1.ChunkService/GetChunkBatch", absl::Seconds(20)};

/// Answers "answer to X" to X; refuses "bad" and leaves out "late" unless it comes alone.
class EchoService final
    : public v1::ChunkService::WithRawCallbackMethod_GetChunk<
          v1::ChunkService::WithRawCallbackMethod_GetChunkBatch<v1::ChunkService::Service>> {
 public:
  explicit EchoService(InternalDoor door) : door_(std::move(door)) {}

  grpc::ServerUnaryReactor* GetChunk(grpc::CallbackServerContext* context,
                                     const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      const Bytes bytes = FromByteBuffer(*request);
      Arrived({std::string(bytes)});
      *response = ToByteBuffer(Bytes(absl::StrCat("answer to ", std::string(bytes))));
      return absl::OkStatus();
    });
  }
  grpc::ServerUnaryReactor* GetChunkBatch(grpc::CallbackServerContext* context,
                                          const grpc::ByteBuffer* request,
                                          grpc::ByteBuffer* response) override {
    return door_.ServeBatch(
        context, request, response, [this](const std::vector<BatchedCall>& calls) {
          std::vector<std::string> texts;
          for (const BatchedCall& call : calls) texts.emplace_back(call.request);
          Arrived(texts);
          std::vector<BatchedAnswer> answers;
          for (const std::string& text : texts) {
            if (text == "late") {
              answers.emplace_back();
            } else if (text == "bad") {
              answers.emplace_back(MakeError(absl::StatusCode::kNotFound, v1::CHUNK_NOT_FOUND, ""));
            } else {
              answers.emplace_back(Bytes(absl::StrCat("answer to ", text)));
            }
          }
          if (garble) answers.pop_back();
          return answers;
        });
  }

  /// The next messages wait until Release.
  void Hold() {
    MutexLock lock(&mutex_);
    holding_ = true;
  }
  void Release() {
    MutexLock lock(&mutex_);
    holding_ = false;
    changed_.NotifyAll();
  }
  void AwaitMessages(size_t count) {
    MutexLock lock(&mutex_);
    while (messages_.size() < count) changed_.Wait(&mutex_);
  }
  /// What came, a message each.
  std::vector<std::vector<std::string>> messages() {
    MutexLock lock(&mutex_);
    return messages_;
  }
  std::atomic<bool> garble = false;

 private:
  void Arrived(std::vector<std::string> texts) {
    MutexLock lock(&mutex_);
    messages_.push_back(std::move(texts));
    changed_.NotifyAll();
    while (holding_) changed_.Wait(&mutex_);
  }

  const InternalDoor door_;
  Mutex mutex_;
  CondVar changed_;
  bool holding_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::vector<std::string>> messages_ ABSL_GUARDED_BY(mutex_);
};

class BatcherTest : public testing::Test {
 protected:
  BatcherTest() { identity_->Adopt("cluster", Generation(7)); }
  ~BatcherTest() override { runtime_.Drain(); }

  using Answer = absl::StatusOr<std::string>;
  Answer Call(const std::string& text, RequestContextPtr context = BackgroundContext()) {
    const auto answer = runtime_.BlockOn(
        batcher_->Call(std::move(context), server_->endpoint(), &kMethod, Bytes(text)));
    if (!answer.ok()) return answer.status();
    return std::string(*answer);
  }
  std::future<Answer> Begin(const std::string& text,
                            RequestContextPtr context = BackgroundContext()) {
    return std::async(std::launch::async, [=, this] { return Call(text, context); });
  }
  /// A first call that is held, and these behind it.
  std::vector<std::future<Answer>> BehindAHeldOne(const std::vector<std::string>& texts) {
    service_.Hold();
    std::vector<std::future<Answer>> calls;
    calls.push_back(Begin("first"));
    service_.AwaitMessages(1);
    for (const std::string& text : texts) calls.push_back(Begin(text));
    return calls;
  }

  Runtime runtime_{2, Runtime::Resume::kHere};
  std::shared_ptr<Identity> identity_ =
      std::make_shared<Identity>("a secret of thirty-two characters");
  EchoService service_{InternalDoor(
      identity_, std::make_shared<BlockingPool>(BlockingPool::Options{.threads = 40}))};
  std::unique_ptr<RpcServer> server_ = *RpcServer::Start("127.0.0.1:0", {&service_});
  std::shared_ptr<Batcher> batcher_ =
      std::make_shared<Batcher>(runtime_, std::make_shared<Channels>(DialTcp), identity_);
};

TEST_F(BatcherTest, ACallThatIsAloneWaitsForNobody) {
  EXPECT_EQ(*Call("a"), "answer to a");
  EXPECT_EQ(*Call("b"), "answer to b");
  EXPECT_EQ(service_.messages(), (std::vector<std::vector<std::string>>{{"a"}, {"b"}}));
}

TEST_F(BatcherTest, ManyCallsAreFewMessagesAndEachGetsItsOwnAnswer) {
  std::vector<std::thread> callers;
  std::atomic<int> wrong = 0;
  for (int caller = 0; caller < 24; ++caller) {
    callers.emplace_back([this, caller, &wrong] {
      for (int i = 0; i < 50; ++i) {
        const std::string text = absl::StrCat(caller, "/", i);
        const Answer answer = Call(text);
        if (!answer.ok() || *answer != "answer to " + text) ++wrong;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(wrong, 0);
  const auto messages = service_.messages();
  EXPECT_LT(messages.size(), 24u * 50 / 2);
  size_t calls = 0;
  for (const auto& message : messages) calls += message.size();
  EXPECT_EQ(calls, 24u * 50);
}

TEST_F(BatcherTest, AHungCallHoldsUpTheOthersForAMomentOnly) {
  auto calls = BehindAHeldOne({"a", "b", "c"});
  service_.AwaitMessages(2);  // though the first is not back
  service_.Release();
  for (auto& call : calls) EXPECT_TRUE(call.get().ok());
}

TEST_F(BatcherTest, OneThatFailsOrIsLeftOutConcernsNoOther) {
  auto calls = BehindAHeldOne({"good", "bad", "late"});
  absl::SleepFor(absl::Milliseconds(2));
  service_.Release();
  EXPECT_EQ(*calls[1].get(), "answer to good");
  const Answer bad = calls[2].get();
  // Alone it is answered, with others refused.
  if (!bad.ok()) EXPECT_EQ(ReasonOf(bad.status()), v1::CHUNK_NOT_FOUND);
  EXPECT_EQ(*calls[3].get(), "answer to late");
}

TEST_F(BatcherTest, ACallerThatGoesAwayWaitsForNothing) {
  service_.Hold();
  auto first = Begin("first");
  service_.AwaitMessages(1);
  const auto context = std::make_shared<RequestContext>();
  auto second = Begin("second", context);
  auto third = Begin("third");
  absl::SleepFor(absl::Milliseconds(1));
  context->cancellation->Cancel();
  EXPECT_TRUE(absl::IsCancelled(second.get().status()));
  service_.Release();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(third.get().ok());
}

TEST_F(BatcherTest, AnAnswerToOtherCallsIsAnError) {
  service_.garble = true;
  auto calls = BehindAHeldOne({"a", "b", "c", "d"});
  absl::SleepFor(absl::Milliseconds(2));
  service_.Release();
  for (auto& call : calls) {
    const Answer answer = call.get();  // those that travelled alone are good
    if (!answer.ok()) EXPECT_TRUE(absl::IsInternal(answer.status())) << answer.status();
  }
}

TEST_F(BatcherTest, AServerThatIsGoneFailsThemAll) {
  EXPECT_TRUE(Call("a").ok());
  auto calls = BehindAHeldOne({"a", "b"});
  std::thread shutdown([this] { server_->Shutdown(absl::ZeroDuration()); });
  absl::SleepFor(absl::Milliseconds(20));
  service_.Release();
  shutdown.join();
  for (auto& call : calls) {
    const Answer answer = call.get();
    if (!answer.ok()) EXPECT_TRUE(IsAmbiguous(answer.status())) << answer.status();
  }
  EXPECT_TRUE(absl::IsUnavailable(Call("b").status()));
}

TEST_F(BatcherTest, LargeAndHurriedCallsGoAlone) {
  auto calls = BehindAHeldOne({});
  const std::string large(100'000, 'x');
  auto large_call = Begin(large);
  service_.AwaitMessages(2);
  auto hurried = std::make_shared<RequestContext>();
  hurried->deadline = SystemClock().Now() + absl::Seconds(10);  // less than the method's
  auto hurried_call = Begin("hurried", hurried);
  service_.AwaitMessages(3);
  service_.Release();
  EXPECT_TRUE(large_call.get().ok());
  EXPECT_TRUE(hurried_call.get().ok());
  EXPECT_TRUE(calls[0].get().ok());
  EXPECT_THAT(service_.messages(), Each(testing::SizeIs(1)));
}

}  // namespace
}  // namespace trebol
