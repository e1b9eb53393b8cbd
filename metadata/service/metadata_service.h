#pragma once

#include <memory>

#include "common/rpc/serve.h"
#include "metadata/catalog/catalog.h"
#include "metadata/cluster/cluster_controller.h"

namespace grpc {
class Service;
}

namespace trebol {

/// trebol.v1.MetadataService: what gateways ask of the namespace. What it is given outlives it.
std::unique_ptr<grpc::Service> MakeMetadataService(InternalDoor door, Catalog& catalog);

/// trebol.v1.IdentityService: the keys of clients, for gateways.
std::unique_ptr<grpc::Service> MakeIdentityService(InternalDoor door, Catalog& catalog);

/// trebol.v1.ClusterService: membership and the cluster map.
std::unique_ptr<grpc::Service> MakeClusterService(InternalDoor door, ClusterController& controller);

}  // namespace trebol
