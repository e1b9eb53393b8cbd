#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/state/row_keys.h"

namespace trebol::catalog {

absl::StatusOr<v1::Outcome> CreateCluster(Transaction& rows,
                                          const v1::CreateClusterCommand& command,
                                          const ApplyContext& context) {
  ASSIGN_OR_RETURN(const auto existing, rows.Get(row_keys::Cluster()));
  if (existing.has_value()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, v1::INVALID_ARGUMENT,
                     "the cluster was created before");
  }
  v1::ClusterRow cluster;
  cluster.set_cluster_id(command.cluster_id());
  cluster.set_generation(command.generation());
  *cluster.mutable_constants() = command.constants();
  cluster.set_chunk_size(command.chunk_size());
  cluster.set_next_bucket_id(1);
  RETURN_IF_ERROR(PutCluster(rows, cluster));

  v1::ClusterMap map;
  map.set_cluster_id(command.cluster_id());
  map.set_generation(command.generation());
  map.set_epoch(1);
  *map.mutable_constants() = command.constants();
  RETURN_IF_ERROR(PutMap(rows, map));

  v1::BeginTermCommand term;
  term.set_term(context.term);
  return BeginTerm(rows, term, context);
}

}  // namespace trebol::catalog
