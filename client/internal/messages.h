#pragma once

#include "client/cluster_status.h"
#include "client/types.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/object.pb.h"

namespace trebol::client {

// Between the messages of the wire and the structs that users see.
Bucket FromMessage(const v1::Bucket& message);
ObjectInfo FromMessage(const v1::ObjectInfo& message);
ListObjectsPage FromMessage(const v1::ListObjectsResponse& message);
ClusterStatus FromMessage(const v1::ClusterStatus& message);
v1::ListObjectsRequest ToMessage(const ListObjectsRequest& request);

}  // namespace trebol::client
