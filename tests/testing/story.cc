#include "tests/testing/story.h"

#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/check.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/test_key.h"

namespace trebol::testing {

void Story::StartCluster(MiniCluster::Options options) {
  if (options.dir.empty()) options.dir = dir() + "/cluster";
  options.timeout = kPatience;
  auto cluster = MiniCluster::Start(std::move(options));
  ASSERT_TRUE(cluster.ok()) << cluster.status();
  cluster_ = *std::move(cluster);
  client_.emplace(ClientOf(cluster_->GatewayEndpoints().front()));
}

client::Client Story::ClientOf(const std::string& endpoint, absl::Duration timeout) {
  UseTestKey();
  auto client = client::Client::Create({.endpoint = endpoint, .timeout = timeout});
  TREBOL_CHECK(client.ok());
  return *std::move(client);
}

ProgramResult Story::Cli(std::vector<std::string> arguments, ProgramOptions options) {
  arguments.insert(arguments.begin(), ProgramPath("trebol"));
  options.environment["TREBOL_ENDPOINT"] = cluster_->GatewayEndpoints().front();
  return RunProgram(arguments, options);
}

bool Story::AwaitStatus(const std::string& what,
                        const std::function<bool(const client::ClusterStatus&)>& is) {
  absl::StatusOr<client::ClusterStatus> status;
  for (const absl::Time deadline = absl::Now() + kPatience; absl::Now() < deadline;) {
    status = client_->GetClusterStatus();
    if (status.ok() && is(*status)) return true;
    absl::SleepFor(absl::Milliseconds(50));
  }
  ADD_FAILURE() << "waited for " << what << "; "
                << (status.ok() ? absl::StrCat("health ", status->health, ", garbage ",
                                               status->garbage_bytes, " bytes, ",
                                               absl::StrJoin(status->reasons, "; "))
                                : status.status().ToString());
  return false;
}

bool Story::Await(const std::string& what, const std::function<bool()>& is) {
  for (const absl::Time deadline = absl::Now() + kPatience; absl::Now() < deadline;) {
    if (is()) return true;
    absl::SleepFor(absl::Milliseconds(20));
  }
  ADD_FAILURE() << "waited for " << what;
  return false;
}

bool Story::AwaitAllCopies(const std::string& bucket, uint64_t nodes) {
  constexpr uint64_t kProbeSize = 1000;
  const auto empty = [](const client::ClusterStatus& s) {
    return ChunkBytes(s) == 0 && s.garbage_bytes == 0;
  };
  return Await("a write that every node has", [&] {
    if (!client_->PutObject(bucket, "probe", MadeBytes{1, kProbeSize}.Source()).ok()) return false;
    bool all = false;
    // Two heartbeats and more; a probe that has not arrived by then never will, and is repeated.
    for (int i = 0; i < 100 && !all; ++i) {
      const auto status = client_->GetClusterStatus();
      all = status.ok() && ChunkBytes(*status) == nodes * kProbeSize;
      if (!all) absl::SleepFor(absl::Milliseconds(50));
    }
    return client_->DeleteObject(bucket, "probe").ok() && AwaitStatus("the probe to go", empty) &&
           all;
  });
}

uint64_t Story::ChunkBytes(const client::ClusterStatus& status) {
  uint64_t bytes = 0;
  for (const client::NodeStatus& node : status.nodes) bytes += node.chunk_bytes;
  return bytes;
}

std::string Story::LogOf(const std::string& name) const {
  return ContentsOf(cluster_->LogFile(name));
}

std::string ContentsOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace trebol::testing
