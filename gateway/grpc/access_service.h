#pragma once

#include <memory>

#include "common/async/runtime.h"
#include "gateway/grpc/call_gate.h"
#include "gateway/object/access_keys.h"
#include "gateway/object/buckets.h"

namespace grpc {
class Service;
}

namespace trebol {

/// trebol.v1.AccessService: keys, and who may use a bucket. Thread-safe; `runtime` outlives it.
std::unique_ptr<grpc::Service> MakeAccessService(Runtime& runtime, std::shared_ptr<AccessKeys> keys,
                                                 std::shared_ptr<Buckets> buckets,
                                                 std::shared_ptr<CallGate> gate);

}  // namespace trebol
