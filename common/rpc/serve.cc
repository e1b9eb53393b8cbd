#include "common/rpc/serve.h"

#include <algorithm>
#include <chrono>

#include "absl/strings/string_view.h"
#include "common/async/run_scope.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "common/resilience/retry_after.h"
#include "common/rpc/payload_codec.h"
#include "common/rpc/status_conversion.h"
#include "common/telemetry/log.h"
#include "common/telemetry/trace_context.h"

namespace trebol {
namespace {

// Of a batch, on gRPC's thread; others wait meanwhile.
constexpr size_t kMostQuickBytes = 256 * kKiB;
constexpr size_t kMostQuickReads = 32;

size_t SizeOf(const BatchedAnswer& answer) {
  return answer.has_value() && answer->ok() ? (*answer)->size() : 0;
}

/// The next step of the caller's trace, or a trace that begins here.
TraceContext TraceOf(const grpc::CallbackServerContext& context) {
  const auto& headers = context.client_metadata();
  if (const auto found = headers.find("traceparent"); found != headers.end()) {
    const auto callers = TraceContext::Parse({found->second.data(), found->second.size()});
    if (callers.has_value()) return callers->Child();
  }
  return TraceContext::New();
}

/// What failed is logged where it is decided, by the caller; here only for those who follow a trace
/// through the processes.
void LogFailure(const absl::Status& status, absl::string_view peer, absl::string_view trace) {
  if (status.ok() || !LogEnabled(LogLevel::kDebug)) return;
  Log(LogLevel::kDebug, "rpc", "call failed",
      {{"why", status.message()}, {"peer", peer}, {"trace", trace}});
}

void Finish(grpc::ServerUnaryReactor* reactor, const RequestContext& request,
            const absl::Status& status) {
  LogFailure(status, request.peer, request.trace_parent);
  reactor->Finish(ToGrpcStatus(status));
}

}  // namespace

std::shared_ptr<RequestContext> ContextOf(const grpc::CallbackServerContext& context) {
  auto result = std::make_shared<RequestContext>();
  const auto deadline = context.deadline();
  if (deadline != std::chrono::system_clock::time_point::max()) {
    result->deadline =
        SystemClock().Now() + absl::FromChrono(deadline - std::chrono::system_clock::now());
  }
  result->trace_parent = TraceOf(context).Format();
  result->peer = context.peer();
  return result;
}

grpc::ServerUnaryReactor* InternalDoor::Serve(grpc::CallbackServerContext* context, Handler handler,
                                              Identity::Newcomers newcomers) const {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (absl::Status status = identity_->Check(*context, newcomers); !status.ok()) {
    reactor->Finish(ToGrpcStatus(status));
    return reactor;
  }
  Enqueue(reactor, ContextOf(*context), std::move(handler));
  return reactor;
}

grpc::ServerUnaryReactor* InternalDoor::ServeQuickly(grpc::CallbackServerContext* context,
                                                     const QuickHandler& quick,
                                                     Handler handler) const {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (absl::Status status = identity_->Check(*context, Identity::Newcomers::kRefused);
      !status.ok()) {
    reactor->Finish(ToGrpcStatus(status));
    return reactor;
  }
  RequestContextPtr request = ContextOf(*context);
  if (const std::optional<absl::Status> status = quick(request); status.has_value()) {
    Finish(reactor, *request, *status);
  } else {
    Enqueue(reactor, std::move(request), std::move(handler));
  }
  return reactor;
}

grpc::Status InternalDoor::Overloaded(absl::string_view why) const {
  const absl::Status full = MakeError(absl::StatusCode::kResourceExhausted, v1::OVERLOADED, why);
  // Who comes last waits as long as the oldest has.
  return ToGrpcStatus(WithRetryAfter(full, RetryAfter(pool_->load().oldest)));
}

grpc::ServerUnaryReactor* InternalDoor::Refuse(grpc::CallbackServerContext* context,
                                               absl::string_view why) const {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(Overloaded(why));
  return reactor;
}

void InternalDoor::Enqueue(grpc::ServerUnaryReactor* reactor, RequestContextPtr request,
                           Handler handler) const {
  const bool accepted =
      pool_->TrySubmit([reactor, request = std::move(request), handler = std::move(handler)] {
        if (SystemClock().Now() >= request->deadline && !Planted("rpc.runs_expired_work")) {
          Finish(reactor, *request,
                 absl::DeadlineExceededError("the call waited in the queue until its deadline"));
          return;
        }
        Finish(reactor, *request, handler(request));
      });
  if (!accepted) {
    reactor->Finish(Overloaded("the queue is full; slow down and try again"));
  }
}

grpc::ServerUnaryReactor* InternalDoor::ServeAsync(grpc::CallbackServerContext* context,
                                                   const AsyncHandler& handler,
                                                   Identity::Newcomers newcomers) const {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  if (absl::Status status = identity_->Check(*context, newcomers); !status.ok()) {
    reactor->Finish(ToGrpcStatus(status));
    return reactor;
  }
  const RequestContextPtr request = ContextOf(*context);
  handler(request,
          [reactor, request](const absl::Status& status) { Finish(reactor, *request, status); });
  return reactor;
}

grpc::ServerUnaryReactor* InternalDoor::ServeBatch(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* batch,
                                                   grpc::ByteBuffer* answer,
                                                   BatchHandler handler) const {
  return Serve(context,
               [batch, answer, handler = std::move(handler)](const RequestContextPtr& request) {
                 ASSIGN_OR_RETURN(const auto calls, DecodeCalls(FromByteBuffer(*batch)));
                 *answer = AnswerBatch(*request, calls, handler(calls));
                 return absl::OkStatus();
               });
}

grpc::ServerUnaryReactor* InternalDoor::ServeReads(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* batch,
                                                   grpc::ByteBuffer* answer, const QuickRead& quick,
                                                   Read read) const {
  struct Reads {
    std::vector<BatchedCall> calls;
    std::vector<BatchedAnswer> answers;
  };
  const auto reads = std::make_shared<Reads>();
  return ServeQuickly(
      context,
      [&](const RequestContextPtr& request) -> std::optional<absl::Status> {
        auto calls = DecodeCalls(FromByteBuffer(*batch));
        if (!calls.ok()) return calls.status();
        reads->calls = *std::move(calls);
        reads->answers = AnswerQuickly(reads->calls, quick);
        for (const BatchedAnswer& one : reads->answers) {
          if (!one.has_value()) return std::nullopt;
        }
        *answer = AnswerBatch(*request, reads->calls, reads->answers);
        return absl::OkStatus();
      },
      [reads, answer, read = std::move(read)](const RequestContextPtr& request) {
        AnswerRest(reads->calls, read, &reads->answers);
        *answer = AnswerBatch(*request, reads->calls, reads->answers);
        return absl::OkStatus();
      });
}

grpc::ByteBuffer AnswerBatch(const RequestContext& request, const std::vector<BatchedCall>& calls,
                             const std::vector<BatchedAnswer>& answers) {
  for (size_t i = 0; i < answers.size() && i < calls.size(); ++i) {
    if (answers[i].has_value()) {
      LogFailure(answers[i]->status(), request.peer, calls[i].trace_parent);
    }
  }
  return ToByteBuffer(EncodeAnswers(answers));
}

std::vector<BatchedAnswer> AnswerQuickly(const std::vector<BatchedCall>& calls,
                                         const InternalDoor::QuickRead& quick) {
  std::vector<BatchedAnswer> answers(calls.size());
  size_t bytes = 0;
  for (size_t i = 0; i < std::min(calls.size(), kMostQuickReads) && bytes < kMostQuickBytes; ++i) {
    answers[i] = quick(calls[i].request);
    bytes += SizeOf(answers[i]);
  }
  return answers;
}

void AnswerRest(const std::vector<BatchedCall>& calls, const InternalDoor::Read& read,
                std::vector<BatchedAnswer>* answers) {
  size_t bytes = 0;
  for (const BatchedAnswer& answer : *answers) bytes += SizeOf(answer);
  for (size_t i = 0; i < calls.size(); ++i) {
    if ((*answers)[i].has_value()) continue;
    BatchedAnswer answer = read(calls[i].request);
    const size_t size = SizeOf(answer);
    if (size > 0 && bytes > 0 && bytes + size > kMostBytesOfAnswers) return;
    bytes += size;
    (*answers)[i] = std::move(answer);
  }
}

grpc::ServerUnaryReactor* ServeTask(grpc::CallbackServerContext* context, Runtime& runtime,
                                    const std::function<Task<void>(RequestContextPtr)>& make_task) {
  const RunScope scope;
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  runtime.Spawn(make_task(ContextOf(*context)),
                [reactor](const absl::Status& status) { reactor->Finish(ToGrpcStatus(status)); });
  return reactor;
}

}  // namespace trebol
