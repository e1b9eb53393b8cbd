#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/planted.h"
#include "common/base/status_macros.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"

namespace trebol::catalog {

absl::StatusOr<v1::Outcome> InstallMap(Transaction& rows, const v1::InstallMapCommand& command,
                                       const ApplyContext& context) {
  const v1::ClusterMap& map = command.map();
  ASSIGN_OR_RETURN(const v1::ClusterMap current, GetMap(rows));
  if (current.epoch() != command.expected_epoch() && !Planted("catalog.takes_any_map")) {
    return MakeError(absl::StatusCode::kAborted, v1::STALE_EPOCH,
                     absl::StrCat("the cluster map is at epoch ", current.epoch(), ", not ",
                                  command.expected_epoch(), "; plan again from the current one"));
  }
  // Without a table it says something of nodes only; a table never goes.
  const bool table_fits =
      map.partitions_size() == 0
          ? current.partitions_size() == 0
          : map.partitions_size() == static_cast<int>(current.constants().partitions());
  if (map.epoch() != current.epoch() + 1 || map.cluster_id() != current.cluster_id() ||
      map.generation() != current.generation() || !table_fits ||
      map.nodes_size() != current.nodes_size()) {
    return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
                     absl::StrCat("a map of epoch ", map.epoch(), " with ", map.partitions_size(),
                                  " partitions and ", map.nodes_size(),
                                  " nodes does not follow that of epoch ", current.epoch()));
  }
  v1::ClusterMap next = map;
  *next.mutable_constants() = current.constants();
  RETURN_IF_ERROR(PutMap(rows, next));
  return v1::Outcome();
}

}  // namespace trebol::catalog
