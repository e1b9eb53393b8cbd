#pragma once

#include "storage-node/engine/chunk_store.h"

namespace trebol {

/// What is known after `said` was heard by one who knew `known`: marks never fall, and a list of
/// exceptions only shrinks while its mark stands still. A late duplicate changes nothing
/// (PROTOCOL 1.4).
SessionMarks MergeMarks(const SessionMarks& known, const SessionMarks& said);

}  // namespace trebol
