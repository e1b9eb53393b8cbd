#include "common/rpc/batcher.h"

#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/unary_call.h"

namespace trebol {
namespace {

// Larger calls gain nothing: what they carry costs more than that they are calls.
constexpr size_t kLargestCall = 64 * kKiB;
constexpr size_t kMostBytes = 256 * kKiB;
constexpr int kInFlight = 1;  // two made smaller batches, and each call dearer
constexpr absl::Duration kPatience = absl::Milliseconds(5);

}  // namespace

Task<Bytes> Batcher::Call(RequestContextPtr context, std::string endpoint,
                          const BatchMethod* method, Bytes request) {
  const auto self = shared_from_this();
  const Instant now = SystemClock().Now();
  // Together they have one deadline: that of the method.
  const bool alone = request.size() > kLargestCall || context->deadline - now < method->timeout;
  if (alone) co_return co_await SendOne(context, std::move(endpoint), method, std::move(request));
  std::shared_ptr<Lane> lane;
  std::shared_ptr<Answer> answer;
  bool watch = false;
  {
    MutexLock lock(&mutex_);
    std::shared_ptr<Lane>& slot = lanes_[{endpoint, method}];
    if (slot == nullptr)
      slot = std::make_shared<Lane>(Lane{.endpoint = endpoint, .method = method});
    lane = slot;
    if (lane->in_flight < kInFlight) {
      ++lane->in_flight;
    } else {
      answer = std::make_shared<Answer>();
      lane->waiting.push_back({{context->trace_parent, std::move(request)}, answer, now});
      watch = !std::exchange(lane->watched, true);
    }
  }
  if (answer == nullptr) {
    auto response = co_await SendOne(context, std::move(endpoint), method, std::move(request));
    Ended(lane);
    co_return response;
  }
  if (watch) runtime_.Spawn(Watch(lane));
  Cancellation::Registration registration(context->cancellation, [answer] {
    answer->Set(absl::CancelledError("the caller went away"));
  });
  co_return co_await Answer::Wait(answer);
}

Task<Bytes> Batcher::SendOne(RequestContextPtr context, std::string endpoint,
                             const BatchMethod* method, Bytes request) {
  CO_ASSIGN_OR_RETURN(const grpc::ByteBuffer answer,
                      co_await UnaryCall(std::move(context), channels_->Pick(endpoint), identity_,
                                         method->one, ToByteBuffer(request), method->timeout));
  co_return FromByteBuffer(answer);
}

Task<void> Batcher::SendAlone(std::shared_ptr<Lane> lane, Waiting waiting) {
  const auto self = shared_from_this();
  auto context = std::make_shared<RequestContext>(*BackgroundContext());
  context->trace_parent = waiting.call.trace_parent;
  waiting.answer->Set(co_await SendOne(std::move(context), lane->endpoint, lane->method,
                                       std::move(waiting.call.request)));
  co_return absl::OkStatus();
}

Task<void> Batcher::SendMany(std::shared_ptr<Lane> lane, std::vector<Waiting> group) {
  const auto self = shared_from_this();
  std::vector<BatchedCall> calls;
  for (const Waiting& waiting : group) calls.push_back(waiting.call);
  const auto buffer = co_await UnaryCall(BackgroundContext(), channels_->Pick(lane->endpoint),
                                         identity_, lane->method->many,
                                         ToByteBuffer(EncodeCalls(calls)), lane->method->timeout);
  Ended(lane);
  const auto decode = [&]() -> absl::StatusOr<std::vector<BatchedAnswer>> {
    RETURN_IF_ERROR(buffer.status());
    return DecodeAnswers(FromByteBuffer(*buffer), group.size());
  };
  auto answers = decode();
  for (size_t i = 0; i < group.size(); ++i) {
    if (!answers.ok()) {
      group[i].answer->Set(answers.status());
    } else if ((*answers)[i].has_value()) {
      group[i].answer->Set(*std::move((*answers)[i]));
    } else {
      runtime_.Spawn(SendAlone(lane, std::move(group[i])));
    }
  }
  co_return absl::OkStatus();
}

Task<void> Batcher::Watch(std::shared_ptr<Lane> lane) {
  const auto self = shared_from_this();
  while (true) {
    (void)co_await Sleep(kPatience);  // its end is known by the queue
    std::vector<Waiting> group;
    {
      MutexLock lock(&mutex_);
      if (lane->waiting.empty()) {
        lane->watched = false;
        co_return absl::OkStatus();
      }
      if (SystemClock().Now() - lane->waiting.front().since >= kPatience) {
        group = Take(*lane);
        ++lane->in_flight;
      }
    }
    if (!group.empty()) runtime_.Spawn(SendMany(lane, std::move(group)));
  }
}

void Batcher::Ended(const std::shared_ptr<Lane>& lane) {
  std::vector<Waiting> group;
  {
    MutexLock lock(&mutex_);
    if (lane->in_flight <= kInFlight) group = Take(*lane);
    if (group.empty()) --lane->in_flight;
  }
  if (!group.empty()) runtime_.Spawn(SendMany(lane, std::move(group)));
}

std::vector<Batcher::Waiting> Batcher::Take(Lane& lane) {
  std::vector<Waiting> group;
  size_t bytes = 0;
  while (!lane.waiting.empty() && group.size() < kMaxCallsOfBatch &&
         (group.empty() || bytes + lane.waiting.front().call.request.size() <= kMostBytes)) {
    bytes += lane.waiting.front().call.request.size();
    group.push_back(std::move(lane.waiting.front()));
    lane.waiting.pop_front();
  }
  return group;
}

}  // namespace trebol
