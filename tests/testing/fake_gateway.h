#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "trebol/v1/access.pb.h"
#include "trebol/v1/admin.pb.h"
#include "trebol/v1/cluster.pb.h"
#include "trebol/v1/object.pb.h"

namespace trebol::testing {

/// A gateway in this process: the public services over a FakeObjectStore, on a loopback port of its
/// own. Calls with an operation id take effect once. It takes instructions on what to do wrong.
/// Thread-safe; calls end with the object.
class FakeGateway {
 public:
  struct Options {
    bool sessions = true;          // or it is one from before there were any
    bool sessions_denied = false;  // as to those who have no key
    uint32_t term_seconds = 30;
    int port = 0;  // that of one that was stopped; 0: any
  };

  FakeGateway() : FakeGateway(Options()) {}
  explicit FakeGateway(const Options& options);
  ~FakeGateway();

  std::string endpoint() const;  // 127.0.0.1:PORT
  /// Ends all calls and closes the port.
  void Stop();

  // What is stored, past the wire.
  void AddBucket(const std::string& bucket);
  void AddObject(const std::string& bucket, const std::string& key, const std::string& data);
  bool HasBucket(const std::string& bucket) const;
  bool HasObject(const std::string& bucket, const std::string& key) const;
  std::string DataOf(const std::string& bucket,
                     const std::string& key) const;  // "" if there is none
  std::string ContentTypeOf(const std::string& bucket, const std::string& key) const;
  std::map<std::string, std::string> MetadataOf(const std::string& bucket,
                                                const std::string& key) const;
  std::vector<std::string> Keys(const std::string& bucket) const;
  void SetStatus(const v1::ClusterStatus& status);
  /// What every change of nodes is answered with; one with refusals is not applied.
  void SetPlan(const v1::NodeChangePlan& plan);
  /// The changes of nodes that were to be applied.
  std::vector<v1::NodeChange> node_changes() const;
  /// The jobs that there are: every change that is asked of them is answered as a pause.
  void SetJobs(const v1::ListJobsResponse& jobs);
  std::vector<v1::ChangeJobRequest> job_changes() const;
  /// With their secrets, by id.
  std::map<std::string, v1::AccessKey> keys() const;
  v1::BucketAccess AccessOf(const std::string& bucket) const;
  /// What is said of every object that is there: a page for each offset at which one begins.
  void SetExplanation(const std::vector<v1::ExplainObjectResponse>& pages);
  std::vector<v1::ExplainObjectRequest> explain_requests() const;

  // What goes wrong.
  /// The next `times` calls, of any kind but those about sessions, fail so before they do anything.
  void FailNext(int times, const absl::Status& status);
  /// The next `times` calls that change something do so, and answer this.
  void LoseAnswers(int times, const absl::Status& status);
  /// Every get of this key ends with UNAVAILABLE after `bytes` bytes of its stream, `times` times.
  void BreakGetsAfter(uint64_t bytes, int times);
  /// Puts and parts end with UNAVAILABLE when this many bytes have come, `times` times.
  void BreakPutsAfter(uint64_t bytes, int times);
  /// A bit of the bytes that gets send is flipped.
  void CorruptGets(bool corrupt = true);
  /// Puts answer a CRC32C that is not that of the body.
  void CorruptPutAnswers();
  /// Gets send nothing after the first message, until they are cancelled.
  void HangGets();
  /// Gets, puts and parts wait until so many are under way (a second at most), once.
  void HoldTransfersUntil(int together);
  /// All sessions end now. What they decided is still answered.
  void CloseSessions();
  /// Nothing of the sessions is known any more.
  void ForgetSessions();

  // What was seen.
  int calls() const;               // without those about sessions
  size_t largest_message() const;  // bytes of payload in a message of a put
  uint64_t bytes_put() const;      // of all messages of puts and parts
  /// After the messages that were on their way when a client cancelled its calls.
  uint64_t BytesPutOnceQuiet() const;
  int most_transfers() const;  // gets, puts and parts at the same time
  int effects() const;         // calls that changed something
  /// Of every attempt of a call that changes something, in order; session 0: it had none.
  std::vector<v1::OperationId> operations() const;
  int sessions_opened() const;
  int sessions_closed() const;  // by their clients
  std::vector<v1::RenewSessionRequest> renewals() const;

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace trebol::testing
