#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol {

/// The node that an operator means by an id, by the beginning of one, or by an endpoint. Of several
/// at one endpoint, the one that is not OUT. NODE_NOT_FOUND if there is none, or more than one.
absl::StatusOr<v1::ClusterNode> FindNamedNode(const v1::ClusterMap& map, absl::string_view name);

/// "node 1a2b3c4d5e6f7081 (10.0.0.7:9200)".
std::string NameOf(const v1::ClusterNode& node);

}  // namespace trebol
