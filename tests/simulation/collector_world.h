#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "metadata/catalog/reads.h"
#include "metadata/catalog/standing.h"
#include "tests/simulation/collector_model.h"
#include "tests/testing/memory_transaction.h"
#include "trebol/v1/rows.pb.h"

namespace trebol::simulation {

inline constexpr Generation kModelGeneration{0xFEED};
inline constexpr uint64_t kNode = 77;
inline constexpr uint64_t kClientSession = 40;
inline constexpr size_t kVersions = 3;  // 0 is there from the start; gateway g uploads g + 1

/// What a gateway knows of its attempt.
enum class Known : uint8_t { kNothing, kCommitted, kAbandoned };

/// One state of the model: the rows of metadata, what the node holds, what every actor knows, and
/// the messages under way. Its methods are the transitions' effects; each returns a violation or
/// nothing.
struct World {
  struct Stored {
    bool present = false;
    bool tombstone = false;
  };
  struct Gateway {
    bool started = false;
    bool durable = false;  // its put was acknowledged
    bool commit_sent = false;
    bool gave_up = false;
    int puts = 0;  // under way
    int commits = 0;
    int abandons = 0;
    Known known = Known::kNothing;
    bool told_abandoned = false;  // its caller was answered a definite error
    uint64_t last_seen = 0;       // log index
    uint64_t next_number = 1;
    std::vector<v1::RenewSessionCommand> renewals;  // under way
    std::optional<uint64_t> expiring;               // the leader judged it by this number
    bool node_knows_closed = false;
  };
  enum class Reading : uint8_t { kIdle, kBegun, kLookedUp };

  testing::MemoryTransaction rows;
  uint64_t head = 0;
  std::array<Stored, kVersions> node;
  std::vector<Gateway> gateways;
  Reading reading = Reading::kIdle;
  int reads_left = 0;
  uint64_t read_seen = 0;
  int read_version = -1;
  bool read_pinned = false;
  bool delete_left = false;
  bool operation_closed = false;
  std::optional<v1::GarbageRow> collecting;
  bool collected = false;  // the node acknowledged
  int effects = 0;         // times that the operation changed the object
  std::string outcome;     // what the operation came to, once it was answered

  static World Begin(const ModelBounds& bounds);
  /// The same bytes for states that behave alike. Of a log index only counts which garbage was made
  /// at or below it: everything made later has a higher one than all that anybody knows.
  std::string Serialise() const;

  static VersionId Version(size_t number);
  static uint64_t Session(size_t gateway) { return 10 * (gateway + 1); }
  static int NumberOf(const v1::VersionId& version);

  /// Runs a command; on success it is the next entry of the log.
  absl::StatusOr<v1::Outcome> Run(const v1::Command& command);

  /// The version that the key names; -1 for none.
  int Referenced() const;
  bool SessionOpen(size_t gateway) const;
  std::vector<v1::GarbageRow> Collectable() const;

  std::string DeliverPut(size_t gateway);
  std::string DeliverCommit(size_t gateway);
  std::string DeliverAbandon(size_t gateway);
  void SendRenewal(size_t gateway);
  void DeliverRenewal(size_t gateway, size_t which);
  void CloseExpired(size_t gateway);
  void Offer(size_t version);
  void DeleteObject();
  void CloseOperation();
  void DeleteAtNode();
  void FinishGarbage();

  /// What must hold in every state.
  std::string Check() const;
  /// What an audit judged an orphan in the state before stays one, or is garbage by an offer; and
  /// nobody wants it.
  using Standings = std::vector<catalog::Standing>;  // by version
  Standings Judge() const;
  std::string CheckOrphans(const Standings& before) const;
  /// Ends all sessions and lets the collector work until nothing changes; then nothing may be left
  /// over and nothing missing.
  std::string CheckDrained() const;
};

}  // namespace trebol::simulation
