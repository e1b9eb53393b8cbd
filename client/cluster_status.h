#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "client/types.h"

namespace trebol::client {

/// One storage node as the cluster sees it. `state` and `liveness` are lower-case words (active,
/// waiting, … and up, suspect, down, reconciling): new ones may appear.
struct NodeStatus {
  std::string id;  // sixteen hexadecimal digits
  std::string endpoint;
  std::string admin_endpoint;
  std::string zone;
  double weight = 0;
  std::string state;
  std::string liveness;
  double heartbeat_age_seconds = -1;  // -1: none since metadata started
  uint32_t partitions = 0;            // replicas that the table gives it
  uint32_t incoming_partitions = 0;   // of these, that it still copies
  uint32_t leaving_partitions = 0;    // that it gives away
  double down_seconds = -1;           // -1: it is not
  double out_in_seconds = -1;         // until it is given up; -1: that is not to come
  uint64_t chunks = 0;
  uint64_t chunk_bytes = 0;     // payload of live chunks
  uint64_t dead_bytes = 0;      // waiting for compaction
  uint64_t disk_bytes = 0;      // of all segment files
  uint64_t capacity_bytes = 0;  // of its file system
  uint64_t free_bytes = 0;
  bool store_failed = false;
  bool writes_refused = false;  // the disk is past its watermark
  uint64_t stray_chunks = 0;    // copies that it holds for others
  uint64_t stray_bytes = 0;
  uint64_t missing_chunks = 0;  // copies that its peers have and it lacks
  uint64_t missing_bytes = 0;
  uint64_t quarantined_chunks = 0;  // found bad, to be replaced
  // As the gateway that answered finds it: closed (it is called), open (it failed or was slow too
  // often, and is left out for a while), half-open (it is tried); empty: not told.
  std::string breaker;
  double latency_p95_seconds = 0;  // of that gateway's recent calls; 0: too few to say
};

struct ClusterStatus {
  std::string cluster_id;
  std::string generation;            // sixteen hexadecimal digits
  std::string health;                // healthy, degraded, unavailable, forming
  std::vector<std::string> reasons;  // a sentence each, with the remedy
  uint64_t map_epoch = 0;
  uint32_t partitions = 0;
  uint32_t copies = 0;
  uint32_t write_quorum = 0;
  uint32_t initial_nodes = 0;
  uint32_t nodes_up = 0;
  std::vector<NodeStatus> nodes;
  uint32_t degraded_partitions = 0;
  uint32_t unavailable_partitions = 0;
  uint32_t moving_partitions = 0;  // copies of them come in or leave
  uint32_t moved_partitions = 0;   // that ended to since moves began
  uint64_t stray_chunks = 0;       // of all nodes together, as the next two
  uint64_t missing_chunks = 0;
  uint64_t missing_bytes = 0;
  uint64_t buckets = 0;
  uint64_t objects = 0;
  uint64_t object_bytes = 0;   // logical, one copy
  uint64_t garbage_bytes = 0;  // on nodes, awaits deletion, all copies
  uint64_t garbage_versions = 0;
  uint32_t open_sessions = 0;
  bool collection_frozen = false;
};

/// Work that moves or checks data. A standing one has no end: it goes on in passes, or as there is
/// something to do, and its id is its kind.
struct Job {
  std::string id;     // drain-12, scrub
  std::string kind;   // rebalance, drain, repair, sync, hand-over, scrub, garbage, audit…
  std::string state;  // running, idle, paused, failing, done, cancelled
  std::vector<std::string> nodes;  // ids, whose data it is about; empty: of all
  uint64_t done = 0;               // in `unit`
  uint64_t total = 0;              // 0: not known
  std::string unit;                // partitions, bytes, chunks, versions
  double rate = 0;                 // units a second, of late
  double seconds_left = -1;        // -1: not known
  std::string problem;             // why it fails, or what it found
  absl::Time began;                // InfinitePast: not known
  absl::Time ended;                // InfiniteFuture: it has not
  uint64_t passes = 0;             // that ended, of standing ones
};

struct JobList {
  std::vector<Job> jobs;     // standing ones, and those that have not ended
  std::vector<Job> history;  // that ended of late, the newest first
};

enum class JobVerb {
  kPause = 1,
  kResume = 2,
  kCancel = 3,  // of a drain: its nodes hold data again
  kStart = 4,   // of what goes in passes: one begins now
};

struct ExplainObjectOptions {
  std::string version;  // empty: the latest
  uint64_t offset = 0;  // the page begins with the chunk that has this byte
  uint32_t limit = 0;   // chunks of a page, at most 10,000; 0: 1,000, or 64 with `verify`
  bool verify = false;  // every copy is read and verified by its node, which takes its time
};

/// Where the chunks of an object are, and how good each copy is: a page, in the order of the bytes.
/// Words are lower-case; new ones may appear.
struct ObjectExplanation {
  struct Copy {
    std::string node;      // sixteen hexadecimal digits
    std::string role;      // serving, incoming, leaving; handoff: any other node
    std::string state;     // present, absent, unknown, corrupt, deleted, unreachable
    std::string hint_for;  // the node that it stands in for; empty: none
    /// Its bytes were read and verified then or later; nothing: not known.
    std::optional<absl::Time> verified;
  };
  struct Chunk {
    std::string id;      // as in the logs of the servers
    uint32_t part = 0;   // of a multipart upload; otherwise 0
    uint32_t index = 0;  // in the object, or in its part
    uint64_t offset = 0;
    uint32_t size = 0;  // bytes
    uint32_t partition = 0;
    uint64_t epoch = 0;  // of the partition
    std::vector<Copy> copies;
    uint32_t good = 0;      // copies that are present
    uint32_t zones = 0;     // that these are in
    uint32_t doubtful = 0;  // nodes that did not answer, or may have lost what they had
  };
  /// Of these only what the cluster map and the gateway say is filled in.
  struct Node {
    NodeStatus status;
    std::string problem;  // why it did not answer; empty: it did
  };

  ObjectInfo object;
  uint64_t map_epoch = 0;
  uint32_t copies = 0;  // N
  uint32_t zones = 0;   // in which the cluster has nodes that hold data
  std::vector<Node> nodes;
  std::vector<Chunk> chunks;
  // Of the page: chunks with N good copies or more, with fewer but two at least, with one where N
  // is more, and with none that is known of; of the last, those that no node can have any more.
  uint64_t full = 0;
  uint64_t fewer = 0;
  uint64_t one = 0;
  uint64_t none = 0;
  uint64_t lost = 0;
  uint32_t least_copies = 0;  // of all chunks of the page; 0 without chunks, too
  uint32_t most_copies = 0;
  uint32_t least_zones = 0;
  /// Where the next page begins; 0: this was the last. Ask for it with the version of `object`.
  uint64_t next_offset = 0;
};

}  // namespace trebol::client
