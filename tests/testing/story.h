#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/client.h"
#include "gtest/gtest.h"
#include "tests/testing/mini_cluster.h"
#include "tests/testing/run_program.h"
#include "tests/testing/temporary_directory.h"

namespace trebol::testing {

/// A gtest fixture with a cluster of real processes and a client of its first gateway. Nothing in a
/// story depends on how fast the machine is: it waits for what must come, and kPatience is only how
/// long until it must have come.
class Story : public ::testing::Test {
 protected:
  static constexpr absl::Duration kPatience = absl::Minutes(2);

  /// Fails the test when the cluster does not become healthy.
  void StartCluster(MiniCluster::Options options = {});

  MiniCluster& cluster() { return *cluster_; }
  const client::Client& client() const { return *client_; }
  std::string dir() const { return directory_.path(); }
  /// A client of another gateway, or with other limits.
  static client::Client ClientOf(const std::string& endpoint,
                                 absl::Duration timeout = absl::Seconds(30));

  /// The command line against gateway-0.
  ProgramResult Cli(std::vector<std::string> arguments, ProgramOptions options = {});

  /// Waits until the status of the cluster satisfies `is`; fails the test with the last status
  /// after kPatience. `what` completes "waited for".
  bool AwaitStatus(const std::string& what,
                   const std::function<bool(const client::ClusterStatus&)>& is);
  bool AwaitHealth(const std::string& health) {
    return AwaitStatus("health " + health,
                       [&](const client::ClusterStatus& s) { return s.health == health; });
  }
  /// Waits for anything.
  static bool Await(const std::string& what, const std::function<bool()>& is);

  /// Waits until every node takes its copy of a write, for stories that count copies: a node that
  /// is ready may not have read the first table yet, and a copy it misses is not made up for.
  /// Leaves nothing behind in `bucket`.
  bool AwaitAllCopies(const std::string& bucket, uint64_t nodes = 3);

  /// Live payload of all nodes, as they report it to metadata.
  static uint64_t ChunkBytes(const client::ClusterStatus& status);

  std::string LogOf(const std::string& name) const;

 private:
  const TemporaryDirectory directory_;
  std::unique_ptr<MiniCluster> cluster_;
  std::optional<client::Client> client_;
};

/// What a file holds; empty when it cannot be read.
std::string ContentsOf(const std::string& path);

}  // namespace trebol::testing
