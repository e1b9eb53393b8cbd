// Identity, InternalDoor, RpcServer and UnaryCall, over real gRPC.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>

#include "absl/time/clock.h"
#include "common/base/error.h"
#include "common/rpc/rpc_server.h"
#include "common/rpc/serve.h"
#include "common/rpc/status_conversion.h"
#include "common/rpc/unary_call.h"
#include "trebol/v1/chunk.grpc.pb.h"

namespace trebol {
namespace {

using testing::HasSubstr;

constexpr char kStat[] = "/trebol.v1.ChunkService/StatChunk";
constexpr char kSecret[] = "a secret of thirty-two characters";

/// Answers StatChunk by a function; DeleteVersions admits newcomers.
class Service final
    : public v1::ChunkService::WithCallbackMethod_StatChunk<
          v1::ChunkService::WithCallbackMethod_DeleteVersions<v1::ChunkService::Service>> {
 public:
  explicit Service(InternalDoor door) : door_(std::move(door)) {}
  grpc::ServerUnaryReactor* StatChunk(grpc::CallbackServerContext* context,
                                      const v1::StatChunkRequest*,
                                      v1::StatChunkResponse*) override {
    return door_.Serve(context, [this](const RequestContextPtr& request) {
      ++started;
      trace_parent = request->trace_parent;
      return handler ? handler() : absl::OkStatus();
    });
  }
  grpc::ServerUnaryReactor* DeleteVersions(grpc::CallbackServerContext* context,
                                           const v1::DeleteVersionsRequest*,
                                           v1::DeleteVersionsResponse*) override {
    return door_.Serve(
        context, [](const RequestContextPtr&) { return absl::OkStatus(); },
        Identity::Newcomers::kAdmitted);
  }
  std::function<absl::Status()> handler;
  std::atomic<int> started = 0;
  std::string trace_parent;

 private:
  const InternalDoor door_;
};

class Rpc : public testing::Test {
 protected:
  static std::shared_ptr<Identity> Member(const std::string& secret = kSecret,
                                          const std::string& cluster = "cluster",
                                          uint64_t generation = 7) {
    auto identity = std::make_shared<Identity>(secret);
    if (!cluster.empty()) identity->Adopt(cluster, Generation(generation));
    return identity;
  }
  absl::Status Call(std::shared_ptr<Identity> identity, const char* method = kStat,
                    absl::Duration timeout = absl::Seconds(20),
                    RequestContextPtr context = BackgroundContext()) {
    return runtime_
        .BlockOn(UnaryCall<v1::StatChunkResponse>(context, channel_, identity, method,
                                                  v1::StatChunkRequest(), timeout))
        .status();
  }

  Runtime runtime_{2};
  std::shared_ptr<Identity> identity_ = Member();
  std::shared_ptr<BlockingPool> pool_ =
      std::make_shared<BlockingPool>(BlockingPool::Options{.threads = 1, .queue_limit = 2});
  Service service_{InternalDoor(identity_, pool_)};
  std::unique_ptr<RpcServer> server_ = *RpcServer::Start("127.0.0.1:0", {&service_});
  std::shared_ptr<grpc::Channel> channel_ = DialTcp(server_->endpoint(), 0);
};

TEST_F(Rpc, ChecksWhoCalls) {
  EXPECT_TRUE(Call(Member()).ok());
  EXPECT_EQ(ReasonOf(Call(Member("another secret of this length....."))), v1::WRONG_SECRET);
  EXPECT_EQ(ReasonOf(Call(Member(""))), v1::WRONG_SECRET);
  EXPECT_TRUE(absl::IsUnauthenticated(Call(Member("short"))));
  EXPECT_EQ(ReasonOf(Call(Member(kSecret, "other cluster"))), v1::WRONG_CLUSTER);
  EXPECT_EQ(ReasonOf(Call(Member(kSecret, ""))), v1::WRONG_CLUSTER);
  EXPECT_EQ(ReasonOf(Call(Member(kSecret, "cluster", 8))), v1::WRONG_GENERATION);
  EXPECT_EQ(service_.started, 1);

  constexpr char kAdmits[] = "/trebol.v1.ChunkService/DeleteVersions";
  EXPECT_TRUE(Call(Member(kSecret, ""), kAdmits).ok());
  EXPECT_EQ(ReasonOf(Call(Member("", ""), kAdmits)), v1::WRONG_SECRET);
  EXPECT_EQ(ReasonOf(Call(Member(kSecret, "other"), kAdmits)), v1::WRONG_CLUSTER);
}

TEST_F(Rpc, AProcessThatHasNotJoinedAnswersNobody) {
  Service fresh(InternalDoor(Member(kSecret, ""), pool_));
  auto server = *RpcServer::Start("", {&fresh});
  channel_ = server->InProcessChannel();
  EXPECT_EQ(ReasonOf(Call(Member())), v1::NOT_READY);
  EXPECT_EQ(ReasonOf(Call(Member(kSecret, ""))), v1::NOT_READY);
  EXPECT_EQ(fresh.started, 0);
}

TEST_F(Rpc, CarriesErrorsWithTheirReasonAndTheTrace) {
  service_.handler = [] {
    return MakeError(absl::StatusCode::kAborted, v1::STALE_EPOCH, std::string(9000, 'x'), "entry");
  };
  auto context = std::make_shared<RequestContext>();
  context->trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const absl::Status status = Call(Member(), kStat, absl::Seconds(20), context);
  EXPECT_TRUE(absl::IsAborted(status)) << status;
  EXPECT_EQ(AttachmentOf(status), "entry");
  // The same trace, its next step.
  EXPECT_EQ(service_.trace_parent.substr(0, 36), context->trace_parent.substr(0, 36));
  EXPECT_NE(service_.trace_parent, context->trace_parent);
}

TEST_F(Rpc, ATraceThatCannotBeUnderstoodBeginsAnew) {
  service_.handler = [] { return absl::OkStatus(); };
  auto context = std::make_shared<RequestContext>();
  context->trace_parent = "00-no-trace";
  EXPECT_TRUE(Call(Member(), kStat, absl::Seconds(20), context).ok());
  EXPECT_EQ(service_.trace_parent.size(), 55u) << service_.trace_parent;
}

TEST_F(Rpc, AFullQueueIsResourceExhaustedAndLateWorkIsNotStarted) {
  std::promise<void> entered;
  std::promise<void> open;
  auto opened = open.get_future().share();
  service_.handler = [&] {
    if (service_.started == 1) entered.set_value();
    opened.wait();
    return absl::OkStatus();
  };
  std::vector<std::future<absl::Status>> calls;
  auto start = [&](absl::Duration timeout) {
    calls.push_back(
        std::async(std::launch::async, [this, timeout] { return Call(Member(), kStat, timeout); }));
  };
  start(absl::Seconds(60));
  entered.get_future().wait();
  start(absl::Milliseconds(100));  // waits in the queue until its deadline
  start(absl::Seconds(60));
  while (pool_->load().queued < 2) std::this_thread::yield();
  // The server counts a call's time from its arrival, a little later than the caller does.
  const Instant late = SystemClock().Now() + absl::Milliseconds(200);
  const absl::Status refused = Call(Member());
  EXPECT_TRUE(absl::IsResourceExhausted(refused));
  EXPECT_EQ(ReasonOf(refused), v1::OVERLOADED);
  EXPECT_GE(RetryAfterOf(refused).value_or(absl::ZeroDuration()), absl::Milliseconds(50));
  EXPECT_TRUE(absl::IsDeadlineExceeded(calls[1].get()));
  while (SystemClock().Now() < late) absl::SleepFor(absl::Milliseconds(10));
  open.set_value();
  EXPECT_TRUE(calls[0].get().ok());
  EXPECT_TRUE(calls[2].get().ok());
  EXPECT_EQ(service_.started, 2);
}

TEST_F(Rpc, ACallEndsAtItsDeadlineAndWhenItIsCancelled) {
  std::promise<void> open;
  auto opened = open.get_future().share();
  service_.handler = [opened] {
    opened.wait();
    return absl::OkStatus();
  };
  EXPECT_TRUE(absl::IsDeadlineExceeded(Call(Member(), kStat, absl::Milliseconds(50))));
  auto soon = std::make_shared<RequestContext>();
  soon->deadline = SystemClock().Now() + absl::Milliseconds(50);
  EXPECT_TRUE(absl::IsDeadlineExceeded(Call(Member(), kStat, absl::Seconds(60), soon)));
  EXPECT_TRUE(absl::IsDeadlineExceeded(Call(Member(), kStat, absl::Seconds(60), soon)));
  auto context = BackgroundContext();
  auto call = std::async(std::launch::async,
                         [&] { return Call(Member(), kStat, absl::Seconds(60), context); });
  context->cancellation->Cancel();
  EXPECT_TRUE(absl::IsCancelled(call.get()));
  EXPECT_TRUE(absl::IsCancelled(Call(Member(), kStat, absl::Seconds(60), context)));
  open.set_value();
}

TEST_F(Rpc, APeerThatIsGoneIsUnavailable) {
  server_->Shutdown(absl::ZeroDuration());
  EXPECT_TRUE(absl::IsUnavailable(Call(Member())));
}

TEST_F(Rpc, APeerThatTakesConnectionsAndSaysNothingIsUnavailableLongBeforeTheDeadline) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(listen(listener, 10), 0);  // the kernel takes them; nobody reads
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  channel_ = DialTcp("127.0.0.1:" + std::to_string(ntohs(address.sin_port)), 0);
  // gRPC itself would try for 20 s, and the call be over its deadline before.
  const absl::Status status = Call(Member(), kStat, absl::Seconds(15));
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  close(listener);
}

TEST_F(Rpc, AnotherServerOnThePortIsAnErrorThatNamesIt) {
  const auto second = RpcServer::Start(server_->endpoint(), {});
  ASSERT_FALSE(second.ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(second.status()));
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(server_->endpoint()));
}

/// Calls a method of grpc.health.v1 or reflection with raw bytes, as we have no code for them.
std::string RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
                    const std::string& request) {
  auto context = std::make_shared<grpc::ClientContext>();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::GenericStub stub(channel);
  grpc::Slice slice(request);
  grpc::ByteBuffer asked(&slice, 1);
  grpc::ByteBuffer answer;
  std::promise<grpc::Status> done;
  stub.UnaryCall(context.get(), method, grpc::StubOptions(), &asked, &answer,
                 [&done](grpc::Status status) { done.set_value(std::move(status)); });
  EXPECT_TRUE(done.get_future().get().ok());
  grpc::Slice flat;
  EXPECT_TRUE(answer.DumpToSingleSlice(&flat).ok());
  return std::string(reinterpret_cast<const char*>(flat.begin()), flat.size());
}

TEST_F(Rpc, HealthSaysWhetherItServes) {
  const std::string serving("\x08\x01", 2);
  const std::string not_serving("\x08\x02", 2);
  EXPECT_EQ(RawCall(channel_, "/grpc.health.v1.Health/Check", ""), not_serving);
  server_->SetServing(true);
  EXPECT_EQ(RawCall(channel_, "/grpc.health.v1.Health/Check", ""), serving);
  server_->SetServing(false);
  EXPECT_EQ(RawCall(channel_, "/grpc.health.v1.Health/Check", ""), not_serving);
}

TEST_F(Rpc, ReflectionListsTheServices) {
  // ServerReflectionRequest{list_services: "*"}: field 7.
  const std::string answer =
      RawCall(channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
              std::string("\x3A\x01*", 3));
  EXPECT_THAT(answer, HasSubstr("trebol.v1.ChunkService"));
  EXPECT_THAT(answer, HasSubstr("grpc.health.v1.Health"));
}

TEST_F(Rpc, ShutsDownTwiceAndWhileACallRuns) {
  std::promise<void> entered;
  service_.handler = [&] {
    entered.set_value();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return absl::OkStatus();
  };
  auto call = std::async(std::launch::async, [this] { return Call(Member()); });
  entered.get_future().wait();
  server_->Shutdown(absl::Seconds(20));
  EXPECT_TRUE(call.get().ok());
  server_->Shutdown(absl::ZeroDuration());
}

TEST(Channels, KeepsAFewAPeerAndTakesThemInTurn) {
  int dialled = 0;
  Channels channels([&dialled](const std::string& endpoint, int index) {
    ++dialled;
    return DialTcp(endpoint, index);
  });
  const auto first = channels.Pick("127.0.0.1:1");
  const auto second = channels.Pick("127.0.0.1:1");
  EXPECT_NE(first, second);
  EXPECT_EQ(channels.Pick("127.0.0.1:1"), first);
  channels.Pick("127.0.0.1:2");
  EXPECT_EQ(dialled, 2 * Channels::kPerPeer);
}

TEST(IdentitySecret, IsReadFromAFileThatOnlyTheOwnerMayRead) {
  const std::string path = testing::TempDir() + "trebol-secret-test";
  auto write = [&path](const std::string& text, mode_t mode) {
    std::ofstream(path, std::ios::trunc) << text;
    ASSERT_EQ(chmod(path.c_str(), mode), 0);
  };
  EXPECT_FALSE(Identity::ReadSecretFile("").ok());
  EXPECT_FALSE(Identity::ReadSecretFile(path + "-none").ok());
  const std::string secret(40, 'a');
  write("  " + secret + "\n", 0600);
  EXPECT_EQ(*Identity::ReadSecretFile(path), secret);
  write(secret, 0640);
  EXPECT_FALSE(Identity::ReadSecretFile(path).ok());
  write("short", 0600);
  EXPECT_FALSE(Identity::ReadSecretFile(path).ok());
  std::remove(path.c_str());
}

}  // namespace
}  // namespace trebol
