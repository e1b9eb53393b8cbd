#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/async/blocking_pool.h"
#include "common/async/runtime.h"
#include "common/async/stop_signal.h"
#include "common/cluster/cluster_map.h"
#include "gateway/object/body.h"
#include "metadata/catalog/catalog.h"
#include "metadata/cluster/orphan_audit.h"
#include "storage-node/background/paused_work.h"
#include "storage-node/engine/segment_chunk_store.h"
#include "tests/testing/manual_clock.h"
#include "tests/testing/simulated_disk.h"

namespace trebol {

/// A whole cluster in one process on one simulated disk: metadata with its leader, storage nodes
/// (three if nothing else is asked for) and a gateway, all real but for the wire between them
/// (direct_stubs.h) and the clock. It can be stopped and started again on what the disk kept. One
/// bucket, "bucket".
///
/// The operations of clients are thread-safe between Start and Stop; the rest belongs to one
/// thread, and so does Step.
class SimulatedCluster {
 public:
  static constexpr size_t kNodes = 3;  // if Options says nothing else
  static constexpr absl::Duration kStep = absl::Seconds(3);

  struct Options {
    size_t nodes = kNodes;
    size_t initial_nodes = kNodes;        // get the first table; the others wait
    bool background = false;              // a step lets nodes copy what they lack and hand over
    uint32_t chunk_size = 64 * 1024;      // bytes
    uint64_t segment_size = 1024 * 1024;  // bytes; small, so that compaction has work
    int gateway_threads = 2;
    int blocking_threads = 6;  // 1: the three copies of a chunk are written one after the other
  };

  SimulatedCluster(SimulatedDisk& disk, const Options& options);
  ~SimulatedCluster();

  /// Opens everything and waits until it serves. Nothing is collected meanwhile. An error with the
  /// power on means that the cluster does not come back.
  absl::Status Start();
  /// Ends every process; what runs is broken off when the power is out, and waited for otherwise.
  void Stop();

  /// Three seconds of everything that is periodic. Without `renew` the gateway stands still: after
  /// ten such steps its session is over.
  void Step(bool renew = true);
  uint64_t steps() const { return steps_; }

  // What clients do.
  absl::StatusOr<v1::ObjectInfo> Put(const std::string& key, const std::string& tag,
                                     BodyReaderPtr body);
  absl::Status Get(const std::string& key, BodyWriterPtr writer);
  absl::Status Delete(const std::string& key);
  absl::StatusOr<std::vector<std::string>> List(uint32_t page_size);

  /// From now on, until the next Start, one node takes no chunks.
  void RefuseWritesOf(size_t node);
  /// What an operator asks for one node: it is taken in, drained. An error if it is refused.
  absl::Status ChangeNode(v1::NodeChange::Verb verb, size_t node);

  // What storage nodes do in the background, when the test wants it.
  /// Lets a node read all it has. An error is its index's: it is mended by the next Start.
  absl::Status Scrub(size_t node);
  /// Every node compares itself with the others and copies what it lacks.
  absl::Status Compare();
  /// A run of the audit that finds what nodes hold and nothing refers to.
  absl::Status AuditOrphans();

  // What an auditor sees.
  size_t nodes() const { return options_.nodes; }
  bool moves_copies() const { return options_.background; }
  Catalog& catalog();
  SegmentChunkStore& store(size_t node);
  /// The gateway's; nullptr if there is none.
  std::shared_ptr<const ClusterMap> map() const;
  ManualClock& clock() { return clock_; }
  const SimulatedDisk& disk() const { return disk_; }
  bool running() const { return life_ != nullptr; }
  /// Of the gateway now; 0 without one.
  uint64_t session() const;
  /// The errors of the last Step, in words; empty if there were none.
  const std::string& trouble() const { return trouble_; }

 private:
  struct Node;
  struct Gateway;
  struct Life;

  absl::Status Open();
  void OpenGateway();
  absl::Status DeleteFrom(NodeId node, const std::vector<VersionId>& versions, Epoch map_epoch);
  absl::StatusOr<OrphanAudit::Page> ListOn(NodeId node, const VersionId& after, size_t limit);
  bool Serves() const;
  absl::Status EnsureBucket();
  void StepNodes();
  void StepGateway();
  void Note(const char* what, const absl::Status& status);

  SimulatedDisk& disk_;
  const Options options_;
  ManualClock clock_;
  BlockingPool pool_;
  Runtime runtime_;
  StopSignal never_;
  PausedWork nothing_paused_;
  std::atomic<uint64_t> steps_ = 0;
  std::string trouble_;
  std::unique_ptr<Life> life_;
};

}  // namespace trebol
