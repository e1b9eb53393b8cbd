#pragma once

#include <string>
#include <vector>

#include "metadata/cluster/chunk_audit.h"
#include "metadata/cluster/orphan_audit.h"

namespace trebol {

/// What an operator should know of what the audits found, a sentence each with its remedy. Pure.
std::vector<std::string> AuditReasons(const ChunkAudit::Report& chunks,
                                      const OrphanAudit::Report& orphans);

}  // namespace trebol
