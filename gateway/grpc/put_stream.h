#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "absl/time/time.h"
#include "common/async/runtime.h"
#include "common/async/semaphore.h"
#include "gateway/grpc/request_end.h"
#include "gateway/object/put_object.h"

namespace trebol {

/// Serves one PutObject call: decodes the stream, runs the operation, encodes its outcome into
/// `response`. The reactor lives until gRPC is done with it. A client that sends no message for
/// `client_idle` while it is waited for is cut off. What `admission` refused is answered so, and an
/// upload for whose stream `memory` has no room is refused as OVERLOADED.
grpc::ServerReadReactor<grpc::ByteBuffer>* ServePut(grpc::CallbackServerContext* context,
                                                    Runtime& runtime, absl::Status admission,
                                                    std::shared_ptr<PutObject> operation,
                                                    std::shared_ptr<Semaphore> memory,
                                                    grpc::ByteBuffer* response,
                                                    absl::Duration client_idle, RequestEnd end);

}  // namespace trebol
