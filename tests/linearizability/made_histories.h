#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "tests/linearizability/operation.h"

namespace trebol::linearizability {

/// Histories for the test of the checker itself. A seed makes the same one again.
struct HistoryShape {
  int operations = 40;
  int clients = 4;
  int64_t mean_pause = 50;   // between two operations of a client
  int64_t mean_call = 100;   // from call to answer: with the pause, how much overlaps
  double open = 0.1;         // writes whose answer is lost; of these half take effect, maybe late
  double refused = 0.05;     // writes that did nothing
  double conditional = 0.4;  // of writes
  double deletes = 0.2;      // of all
  double reads = 0.4;        // of all
};

/// What a register answered that did each operation at one moment between call and answer: legal.
std::vector<Operation> LegalHistory(std::mt19937_64& random, const HistoryShape& shape);

/// Ways to make a legal history illegal, whatever else is in it. LegalHistory with unique values
/// and known moments makes sure of it.
enum class Defect {
  kStaleRead,          // a value that was overwritten before the read began
  kReadOfTheFuture,    // a value whose put began after the read ended
  kReadOfARefusedPut,  // a value of which it was said that it was not written
  kInventedRead,       // a value that nobody wrote
  kLostWrite,          // nothing, after a put and no deletion
  kTwoCreations,       // a second "if absent" without a deletion between
  kReadsGoBack,        // a later read sees an earlier value
};
inline constexpr Defect kDefects[] = {
    Defect::kStaleRead, Defect::kReadOfTheFuture, Defect::kReadOfARefusedPut, Defect::kInventedRead,
    Defect::kLostWrite, Defect::kTwoCreations,    Defect::kReadsGoBack};
std::string NameOf(Defect defect);

/// The history with the defect; nothing when it has no place for it.
std::optional<std::vector<Operation>> WithDefect(const std::vector<Operation>& legal, Defect defect,
                                                 std::mt19937_64& random);

}  // namespace trebol::linearizability
