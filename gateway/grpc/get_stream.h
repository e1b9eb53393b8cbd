#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "common/async/runtime.h"
#include "gateway/grpc/gated.h"
#include "gateway/grpc/idle_watch.h"
#include "gateway/object/admission.h"
#include "gateway/object/get_object.h"

namespace trebol {

/// Serves one GetObject call. A stream that ends with OK was verified to its last byte. A client
/// that takes no message is cut off by `idle`. What `admission` or the gate refused is answered so.
grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeGet(grpc::CallbackServerContext* context,
                                                     Runtime& runtime, absl::Status admission,
                                                     EnterStream enter,
                                                     std::shared_ptr<GetObject> operation,
                                                     const grpc::ByteBuffer& request,
                                                     IdleWatch& idle, RequestEnd end);

}  // namespace trebol
