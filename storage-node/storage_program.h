#pragma once

#include "storage-node/engine/engine_options.h"

namespace trebol {

/// All of the program `trebol-storage`, to its exit code: reads the command line, wires a storage
/// node, serves until a signal. `engine` is what the store is set up with beside what the command
/// line says: tests bring another file system.
int RunStorageProgram(int argc, char** argv, EngineOptions engine = {});

}  // namespace trebol
