#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "common/async/runtime.h"
#include "gateway/object/get_object.h"

namespace trebol {

/// Serves one GetObject call. A stream that ends with OK was verified to its last byte.
grpc::ServerWriteReactor<grpc::ByteBuffer>* ServeGet(grpc::CallbackServerContext* context,
                                                     Runtime& runtime,
                                                     std::shared_ptr<GetObject> operation,
                                                     const grpc::ByteBuffer& request);

}  // namespace trebol
