#pragma once

#include <string>
#include <vector>

#include "client/client.h"

namespace trebol::cli {

/// "812 of 1024 partitions", "1.2 GiB of 4.8 GiB".
std::string FormatDone(const client::Job& job);

/// What goes on: a line each, with a heading.
std::vector<std::string> JobLines(const std::vector<client::Job>& jobs);
/// What ended, likewise.
std::vector<std::string> JobHistoryLines(const std::vector<client::Job>& jobs);

}  // namespace trebol::cli
