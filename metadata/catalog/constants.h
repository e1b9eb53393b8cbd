#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "trebol/v1/cluster.pb.h"

namespace trebol::catalog {

/// INVALID_ARGUMENT for constants that make no cluster.
absl::Status ValidateConstants(const v1::ClusterConstants& constants);

/// FAILED_PRECONDITION if `who` believes in other constants than the cluster was created with.
/// Fields of `theirs` that are 0 have no opinion.
absl::Status CheckConstants(const v1::ClusterConstants& theirs, const v1::ClusterConstants& ours,
                            absl::string_view who);

}  // namespace trebol::catalog
