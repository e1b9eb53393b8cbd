#pragma once

#include <memory>

#include "storage-node/engine/file_system.h"

namespace trebol {

class SimulatedDisk;

/// The engine's file system on the disk; SimulatedDisk owns the one it gives out.
std::unique_ptr<FileSystem> NewSimulatedFiles(SimulatedDisk& disk);

}  // namespace trebol
