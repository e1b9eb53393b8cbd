#pragma once

#include <string>
#include <vector>

#include "cli/console.h"

namespace trebol::cli {

// One function a verb, each in a file of its name. Takes what follows the verb; failures are
// reported to the console, whose Finish() knows the exit code.
using Arguments = std::vector<std::string>;

void Cat(const Arguments& arguments, Console& console);
void ClusterStatusVerb(const Arguments& arguments, Console& console);
void Cp(const Arguments& arguments, Console& console);
void Health(const Arguments& arguments, Console& console);
void Ls(const Arguments& arguments, Console& console);
void Mb(const Arguments& arguments, Console& console);
void NodeLs(const Arguments& arguments, Console& console);
void Rb(const Arguments& arguments, Console& console);
void Rm(const Arguments& arguments, Console& console);
void Stat(const Arguments& arguments, Console& console);

}  // namespace trebol::cli
