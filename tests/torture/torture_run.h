#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/linearizability/verdict.h"
#include "tests/testing/load.h"
#include "tests/testing/mini_cluster.h"
#include "tests/torture/nemesis.h"
#include "tests/torture/nemesis_plan.h"
#include "tests/torture/register_clients.h"

namespace trebol::torture {

/// When a cluster that was healed counts as recovered. Each needs what is above it.
enum class Converged {
  kServing,  // every gateway takes a put and gives it back
  kHealthy,  // and the status says healthy
  kWhole,  // and, without load, the nodes hold every object's bytes in all copies, and nothing else
};

/// What came of a run. It is good only if nothing was lost, nothing impossible was seen, the
/// cluster recovered in time, and enough was done for that to mean something.
struct Report {
  uint64_t seed = 0;
  absl::Duration tortured, recovered;  // the safety phase; from the last healing to recovery
  Nemesis::Counts nemesis;
  std::map<std::string, uint64_t> done;  // faults by name
  linearizability::Verdict verdict;
  testing::Load::Counts load;
  testing::Load::Losses losses;
  uint64_t keys_verified = 0;
  std::map<std::string, uint64_t> errors;  // of the clients that share keys, by what they said
  std::vector<std::string> failures;       // what is wrong, in words

  bool good() const { return failures.empty(); }
  uint64_t operations() const;
  /// Some lines; the last begins with "torture: OK" or "torture: FAILED" and has the seed.
  std::string Text() const;
};

/// A cluster of real processes under concurrent clients and a nemesis, first to see whether it
/// stays safe, then, healed, whether it lives. One seed drives clients and nemesis; what the
/// processes do in between differs from run to run.
class TortureRun {
 public:
  struct Options {
    std::string dir;  // made; holds the cluster, and what was found when something was
    uint64_t seed = 1;
    std::vector<Fault> faults;
    int nodes = 5;
    int gateways = 2;
    int zones = 3;
    absl::Duration duration = absl::Minutes(10);
    uint64_t least_kills = 0;  // actions; the safety phase goes on until there were so many
    Pace pace{};
    Converged converged = Converged::kHealthy;
    absl::Duration converge_within = absl::Minutes(3);
    linearizability::Least least{};
    uint64_t least_ledger_writes = 100;
    std::map<std::string, std::vector<std::string>> flags;  // as MiniCluster's
    std::map<std::string, std::vector<std::string>> environment;
    std::function<void(const std::string&)> say = [](const std::string&) {};
    std::function<bool()> interrupted = [] { return false; };
  };

  explicit TortureRun(Options options);

  Report Run();

 private:
  absl::Status StartCluster();
  absl::Status Torture();
  absl::Status Recover();
  /// OK when the cluster is as `converged` asks; else what is missing.
  absl::Status CheckConverged(Converged converged) const;
  absl::Status CheckGateway(const std::string& endpoint) const;
  absl::Status Await(Converged converged, absl::Time deadline) const;
  void Judge();
  void Keep(const std::string& file, const std::string& text) const;
  void Fail(const std::string& why);
  client::Client ClientOf(const std::string& endpoint) const;

  const Options options_;
  const absl::Time begun_;
  Report report_;
  std::unique_ptr<MiniCluster> cluster_;
  std::unique_ptr<testing::Load> load_;
  std::unique_ptr<RegisterClients> registers_;
  std::unique_ptr<Nemesis> nemesis_;
};

}  // namespace trebol::torture
