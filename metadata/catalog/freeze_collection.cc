#include "common/base/status_macros.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"

namespace trebol::catalog {

absl::StatusOr<v1::Outcome> FreezeCollection(Transaction& rows,
                                             const v1::FreezeCollectionCommand& command,
                                             const ApplyContext& context) {
  ASSIGN_OR_RETURN(v1::ClusterRow cluster, GetCluster(rows));
  if (cluster.collection_frozen() == command.frozen()) return v1::Outcome();
  cluster.set_collection_frozen(command.frozen());
  cluster.set_frozen_reason(command.frozen() ? command.reason() : "");
  RETURN_IF_ERROR(PutCluster(rows, cluster));
  return v1::Outcome();
}

}  // namespace trebol::catalog
