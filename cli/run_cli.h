#pragma once

#include <string>
#include <vector>

#include "cli/environment.h"

namespace trebol::cli {

/// The whole command line but `server`: runs what `arguments` (without the program's name) ask for
/// and returns the exit code (exit_code.h).
int RunCli(const std::vector<std::string>& arguments, Environment& environment);

}  // namespace trebol::cli
