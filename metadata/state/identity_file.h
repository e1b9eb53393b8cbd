#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "rocksdb/env.h"

namespace trebol {

/// The file that says whose directory this is, so that a disk of one kind is never opened as
/// another.
inline constexpr char kMetadataIdentityFile[] = "TREBOL_METADATA";

/// Makes the directory and the file at the first start. Returns the id of the cluster whose
/// directory it is, empty before one was created. FAILED_PRECONDITION for the data directory of a
/// storage node, or for one that holds a database but no identity; DATA_LOSS for one of a cluster
/// without its database; UNIMPLEMENTED (UNSUPPORTED_FORMAT) for one of a newer release.
absl::StatusOr<std::string> ClaimDirectory(rocksdb::Env* env, const std::string& directory,
                                           const std::string& database);

/// Notes the cluster that was created, so that the directory never becomes another's. Durable when
/// it returns.
absl::Status NameCluster(rocksdb::Env* env, const std::string& directory,
                         const std::string& cluster_id);

}  // namespace trebol
