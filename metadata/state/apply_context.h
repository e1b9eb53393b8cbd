#pragma once

#include <cstdint>

#include "common/base/ids.h"

namespace trebol {
namespace v1 {
class Command;
}

/// What an entry of the log gives to its commands: everything that they need and that is not a row.
/// The same when the entry is executed again.
struct ApplyContext {
  LogIndex index;  // of the entry
  uint64_t term = 0;
  uint64_t time_us = 0;  // wall clock of the proposer: dates rows, decides nothing about order
  Generation generation;
  const v1::Command* command = nullptr;  // that is carried out: what it says whatever its kind
};

}  // namespace trebol
