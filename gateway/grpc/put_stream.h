#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "common/async/runtime.h"
#include "common/async/semaphore.h"
#include "common/resilience/retry_after.h"
#include "gateway/grpc/gated.h"
#include "gateway/grpc/idle_watch.h"
#include "gateway/object/admission.h"
#include "gateway/object/put_object.h"
#include "gateway/object/upload_part.h"

namespace trebol {

/// A call that streams a body in, with what its reactor needs. The reactor lives until gRPC is done
/// with it, and `idle` longer. A client that sends no message while it is waited for is cut off.
/// What `admission` or the gate refused is answered so, and an upload for whose stream `memory` has
/// no room is refused as OVERLOADED.
struct UploadCall {
  grpc::CallbackServerContext* context;
  Runtime& runtime;
  absl::Status admission;
  EnterStream enter;
  std::shared_ptr<Semaphore> memory;
  grpc::ByteBuffer* response;
  IdleWatch& idle;
  RequestEnd end;
  std::shared_ptr<const Turnaround> turnaround;  // for those who are refused
};
using UploadReactor = grpc::ServerReadReactor<grpc::ByteBuffer>;

/// Serve one PutObject or UploadPart call: decode the stream, run the operation, encode its
/// outcome.
UploadReactor* ServePut(UploadCall call, std::shared_ptr<PutObject> operation);
UploadReactor* ServePart(UploadCall call, std::shared_ptr<UploadPart> operation);

}  // namespace trebol
