#pragma once

#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/console.h"
#include "client/client.h"

namespace trebol::cli {

/// Does the same to each of these jobs, and says what became of it.
void ChangeJobs(client::JobVerb verb, const std::vector<std::string>& ids, CommandLine& line,
                Console& console);

}  // namespace trebol::cli
