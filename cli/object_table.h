#pragma once

#include <vector>

#include "cli/console.h"
#include "cli/object_report.h"
#include "cli/object_url.h"

namespace trebol::cli {

/// What is known of the object, in lines under its verdict.
void PrintObjectFacts(const ObjectUrl& url, const ObjectReport& report, Console& console);

/// A line for each copy of each of `chunks`.
void PrintChunks(const std::vector<client::ObjectExplanation::Chunk>& chunks,
                 const ObjectReport& report, Console& console);

/// Of a long object: its nodes, and how many chunks have which copies.
void PrintPatterns(const ObjectReport& report, Console& console);

/// Why nodes did not answer, a line each.
void PrintSilentNodes(const ObjectReport& report, Console& console);

}  // namespace trebol::cli
