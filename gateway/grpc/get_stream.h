#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "absl/time/time.h"
#include "common/async/runtime.h"
#include "gateway/grpc/request_end.h"
#include "gateway/object/get_object.h"

namespace trebol {

/// Serves one GetObject call. A stream that ends with OK was verified to its last byte. A client
/// that takes no message for `client_idle` is cut off. What `admission` refused is answered so.
grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeGet(grpc::CallbackServerContext* context,
                                                     Runtime& runtime, absl::Status admission,
                                                     std::shared_ptr<GetObject> operation,
                                                     const grpc::ByteBuffer& request,
                                                     absl::Duration client_idle, RequestEnd end);

}  // namespace trebol
