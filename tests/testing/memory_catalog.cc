#include "tests/testing/memory_catalog.h"

#include <cstdio>

#include "common/base/check.h"
#include "metadata/catalog/cluster_row.h"
#include "metadata/catalog/commands.h"
#include "metadata/state/row_keys.h"
#include "metadata/state/rows.h"

namespace trebol::testing {

MemoryCatalog::MemoryCatalog() {
  v1::Command command;
  v1::CreateClusterCommand& create = *command.mutable_create_cluster();
  create.set_cluster_id("cluster");
  create.set_generation(kGeneration.value);
  create.set_chunk_size(1024);
  create.mutable_constants()->set_partitions(16);
  create.mutable_constants()->set_copies(3);
  create.mutable_constants()->set_write_quorum(2);
  create.mutable_constants()->set_initial_nodes(3);
  Must(command);
}

absl::StatusOr<v1::Outcome> MemoryCatalog::Run(const v1::Command& command) {
  MemoryTransaction attempt = rows_;
  const ApplyContext context{LogIndex(head_ + 1), /*term=*/1, time_us_, kGeneration};
  auto outcome = catalog::Apply(attempt, command, context);
  if (!outcome.ok() || attempt == rows_) return outcome;
  ++head_;
  v1::AppliedRow applied;
  applied.set_index(head_);
  applied.set_term(1);
  TREBOL_CHECK(PutRow(attempt, row_keys::Applied(), applied).ok());
  rows_ = std::move(attempt);
  return outcome;
}

v1::Outcome MemoryCatalog::Must(const v1::Command& command) {
  const auto outcome = Run(command);
  if (!outcome.ok()) std::fprintf(stderr, "%s\n", outcome.status().ToString().c_str());
  TREBOL_CHECK(outcome.ok());
  return *outcome;
}

v1::ClusterRow MemoryCatalog::Totals() const {
  const auto cluster = catalog::GetCluster(rows_);
  TREBOL_CHECK(cluster.ok());
  return *cluster;
}

}  // namespace trebol::testing
