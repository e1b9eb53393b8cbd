#pragma once

#include <string>

#include "absl/status/status.h"
#include "rocksdb/env.h"

namespace trebol {

/// The file that says whose directory this is, so that a disk of one kind is never opened as
/// another.
inline constexpr char kMetadataIdentityFile[] = "TREBOL_METADATA";

/// Makes the directory and the file at the first start. FAILED_PRECONDITION for the data directory
/// of a storage node, or for one that holds a database but no identity; UNIMPLEMENTED
/// (UNSUPPORTED_FORMAT) for one of a newer release.
absl::Status ClaimDirectory(rocksdb::Env* env, const std::string& directory,
                            const std::string& database);

}  // namespace trebol
