#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "client/cluster_status.h"

namespace trebol::cli {

/// What the pages of an explanation add up to: is the object safe, and where is it? Holds little,
/// however long the object is.
class ObjectReport {
 public:
  enum class Verdict {
    kSafe,         // every chunk has N good copies
    kAtRisk,       // some have fewer, none has none
    kUnavailable,  // some have none that is known of, but nodes that may have one did not answer
    kLost,         // some have none, and no node can have one
  };

  struct Node {
    client::NodeStatus status;
    std::string problem;  // why it did not answer
    uint64_t good = 0;    // copies
    uint64_t others = 0;  // that should be there, or are bad
    std::optional<absl::Time>
        verified;  // since then all good ones were; nothing: not known of some
    bool all_verified = true;
  };
  /// Chunks whose copies are alike.
  struct Pattern {
    uint64_t chunks = 0;
    std::string example;  // the first such chunk
  };

  void Add(const client::ObjectExplanation& page);

  Verdict verdict() const;
  /// One line, which begins with the verdict.
  std::string Sentence() const;
  /// safe, at_risk, unavailable, lost.
  std::string Word() const;

  /// Of the first page, with the counts of all; without chunks and nodes.
  const client::ObjectExplanation& sum() const { return sum_; }
  uint64_t chunks() const { return chunks_; }
  const std::map<std::string, Node>& nodes() const { return nodes_; }
  /// By what the copies are, as in "2 present, 1 unreachable".
  const std::map<std::string, Pattern>& patterns() const { return patterns_; }

 private:
  void AddChunk(const client::ObjectExplanation::Chunk& chunk);
  std::string Silent() const;

  client::ObjectExplanation sum_;
  uint64_t chunks_ = 0;
  std::map<std::string, Node> nodes_;
  std::map<std::string, Pattern> patterns_;
};

/// "2 present, 1 unreachable, 1 present (handoff)"
std::string DescribeCopies(const client::ObjectExplanation::Chunk& chunk);

}  // namespace trebol::cli
