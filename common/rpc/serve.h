#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/async/blocking_pool.h"
#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/task.h"
#include "common/rpc/batch_codec.h"
#include "common/rpc/identity.h"

namespace trebol {

/// Deadline, trace and peer of a call that came in.
std::shared_ptr<RequestContext> ContextOf(const grpc::CallbackServerContext& context);

/// The one door of every internal service: checks the caller's identity, then runs the handler, a
/// plain function that may block, on a bounded pool; a full queue answers RESOURCE_EXHAUSTED, and
/// work whose deadline has passed is dropped unstarted. Thread-safe.
class InternalDoor {
 public:
  using Handler = std::function<absl::Status(const RequestContextPtr&)>;

  /// Refuses a call as OVERLOADED, to come again when what waits now has been served.
  grpc::ServerUnaryReactor* Refuse(grpc::CallbackServerContext* context,
                                   absl::string_view why) const;

  InternalDoor(std::shared_ptr<const Identity> identity, std::shared_ptr<BlockingPool> pool)
      : identity_(std::move(identity)), pool_(std::move(pool)) {}

  grpc::ServerUnaryReactor* Serve(
      grpc::CallbackServerContext* context, Handler handler,
      Identity::Newcomers newcomers = Identity::Newcomers::kRefused) const;

  /// For calls that can often be answered from memory. `quick` does so on gRPC's own thread, where
  /// it may wait for nothing; nullopt leaves the call to the handler.
  using QuickHandler = std::function<std::optional<absl::Status>(const RequestContextPtr&)>;
  grpc::ServerUnaryReactor* ServeQuickly(grpc::CallbackServerContext* context,
                                         const QuickHandler& quick, Handler handler) const;

  /// For handlers that answer later from another thread: `done` must be called exactly once.
  using AsyncHandler =
      std::function<void(const RequestContextPtr&, std::function<void(absl::Status)> done)>;
  grpc::ServerUnaryReactor* ServeAsync(
      grpc::CallbackServerContext* context, const AsyncHandler& handler,
      Identity::Newcomers newcomers = Identity::Newcomers::kRefused) const;

  /// For a method's batches: one handler for all the calls, which gives an answer to each.
  using BatchHandler =
      std::function<std::vector<BatchedAnswer>(const std::vector<BatchedCall>& calls)>;
  grpc::ServerUnaryReactor* ServeBatch(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* batch, grpc::ByteBuffer* answer,
                                       BatchHandler handler) const;

  /// For batches of reads, each answered alone: by `quick` if it can, or else by `read`.
  using Read = std::function<absl::StatusOr<Bytes>(const Bytes& request)>;
  using QuickRead = std::function<std::optional<absl::StatusOr<Bytes>>(const Bytes& request)>;
  grpc::ServerUnaryReactor* ServeReads(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* batch, grpc::ByteBuffer* answer,
                                       const QuickRead& quick, Read read) const;

 private:
  grpc::Status Overloaded(absl::string_view why) const;
  void Enqueue(grpc::ServerUnaryReactor* reactor, RequestContextPtr request, Handler handler) const;

  const std::shared_ptr<const Identity> identity_;
  const std::shared_ptr<BlockingPool> pool_;
};

/// The answer to a whole batch. Calls of it that failed are logged for those who follow their
/// traces, as other calls are.
grpc::ByteBuffer AnswerBatch(const RequestContext& request, const std::vector<BatchedCall>& calls,
                             const std::vector<BatchedAnswer>& answers);

/// Answers by `quick` what it can, of the first calls of the batch.
std::vector<BatchedAnswer> AnswerQuickly(const std::vector<BatchedCall>& calls,
                                         const InternalDoor::QuickRead& quick);

/// Answers those calls that have no answer yet, in turn, until one would not fit beside the others
/// into kMostBytesOfAnswers: it and those behind it are left out.
void AnswerRest(const std::vector<BatchedCall>& calls, const InternalDoor::Read& read,
                std::vector<BatchedAnswer>* answers);

/// Runs a coroutine for a unary call of a front door. `make_task` is called at once and takes what
/// it needs of the request by value.
grpc::ServerUnaryReactor* ServeTask(grpc::CallbackServerContext* context, Runtime& runtime,
                                    const std::function<Task<void>(RequestContextPtr)>& make_task);

}  // namespace trebol
