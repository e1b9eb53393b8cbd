#pragma once

#include <functional>
#include <memory>

#include "common/async/runtime.h"
#include "common/stub/cluster_stub.h"
#include "gateway/grpc/call_gate.h"
#include "gateway/object/explain_object.h"

namespace grpc {
class Service;
}

namespace trebol {

/// trebol.v1.AdminService: what operators ask. What is about the cluster is passed on to metadata;
/// `describe` adds what this gateway knows of the nodes. Thread-safe; `runtime` outlives it.
std::unique_ptr<grpc::Service> MakeAdminService(Runtime& runtime,
                                                std::shared_ptr<ClusterStub> cluster,
                                                std::function<void(v1::ClusterStatus*)> describe,
                                                std::shared_ptr<ExplainObject> explain,
                                                std::shared_ptr<CallGate> gate);

}  // namespace trebol
