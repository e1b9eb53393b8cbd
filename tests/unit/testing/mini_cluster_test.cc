#include "tests/testing/mini_cluster.h"

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/testing/ask_cluster_id.h"
#include "tests/testing/port_reservation.h"
#include "tests/testing/process.h"
#include "tests/testing/test_key.h"

namespace trebol {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using State = MiniCluster::State;

/// The supervisor on stand-ins of the servers; the stories have the real ones.
class MiniClusterTest : public ::testing::Test {
 protected:
  MiniClusterTest() {
    std::string name = std::filesystem::path(::testing::TempDir()) / "mini_cluster_test.XXXXXX";
    root_ = mkdtemp(name.data());
    std::filesystem::create_directory(root_ + "/bin");
    for (const char* program : {"trebol-metadata", "trebol-storage", "trebol-gateway"}) {
      std::filesystem::create_symlink(TREBOL_FAKE_SERVER, root_ + "/bin/" + program);
    }
  }
  ~MiniClusterTest() override { std::filesystem::remove_all(root_); }

  MiniCluster::Options Options() const {
    MiniCluster::Options options;
    options.dir = root_ + "/cluster";
    options.bin_dir = root_ + "/bin";
    return options;
  }

  std::unique_ptr<MiniCluster> MustStart(MiniCluster::Options options) const {
    auto cluster = MiniCluster::Start(std::move(options));
    EXPECT_TRUE(cluster.ok()) << cluster.status();
    return cluster.ok() ? *std::move(cluster) : nullptr;
  }

  nlohmann::json Record() const {
    std::ifstream file(root_ + "/cluster/cluster.json");
    return nlohmann::json::parse(file);
  }

  std::string LogOf(const std::string& name) const {
    std::ifstream file(root_ + "/cluster/logs/" + name + ".log");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::string root_;
};

TEST_F(MiniClusterTest, StartsEveryProcessAndWaitsUntilReady) {
  MiniCluster::Options options = Options();
  options.gateways = 2;
  options.zones = 2;
  const auto cluster = MustStart(options);
  ASSERT_NE(cluster, nullptr);
  EXPECT_THAT(cluster->Names(), ElementsAre("metadata-0", "storage-0", "storage-1", "storage-2",
                                            "gateway-0", "gateway-1"));
  for (const std::string& name : cluster->Names())
    EXPECT_EQ(cluster->GetState(name), State::kReady);
  EXPECT_THAT(LogOf("storage-2"),
              AllOf(HasSubstr(absl::StrCat("--metadata ", cluster->Endpoint("metadata-0"))),
                    HasSubstr("--zone zone-0"),
                    HasSubstr(absl::StrCat("--listen ", cluster->Endpoint("storage-2")))));
  EXPECT_THAT(LogOf("metadata-0"), HasSubstr("--initial-nodes 3"));
}

TEST_F(MiniClusterTest, AProxiedProcessIsReachedAndReachesMetadataThroughItsProxies) {
  MiniCluster::Options options = Options();
  options.proxied = {"storage-1", "gateway"};
  const auto cluster = MustStart(options);
  ASSERT_NE(cluster, nullptr);
  for (const char* name : {"storage-1", "gateway-0"}) {
    EXPECT_NE(cluster->AdvertisedEndpoint(name), cluster->Endpoint(name));
    EXPECT_EQ(cluster->AdvertisedEndpoint(name), cluster->Inbound(name).endpoint());
    EXPECT_THAT(
        LogOf(name),
        AllOf(HasSubstr(absl::StrCat("listen ", cluster->Endpoint(name))),
              HasSubstr(absl::StrCat("--advertise ", cluster->AdvertisedEndpoint(name))),
              HasSubstr(absl::StrCat("--metadata ", cluster->MetadataLink(name).endpoint()))));
  }
  EXPECT_EQ(cluster->AdvertisedEndpoint("storage-0"), cluster->Endpoint("storage-0"));
  EXPECT_THAT(LogOf("storage-0"), Not(HasSubstr("--advertise")));

  // What stands behind the proxy is the process, in its next life too.
  const std::string advertised = cluster->AdvertisedEndpoint("gateway-0");
  const auto ask = [&](absl::Duration patience) {
    return AskClusterId(advertised, testing::KeyOfEnvironment(), absl::Now() + patience);
  };
  EXPECT_EQ(*ask(absl::Seconds(60)), "fake-cluster");
  cluster->SetFaults("gateway-0", LinkFaults::Cut());
  EXPECT_FALSE(ask(absl::Milliseconds(300)).ok());
  cluster->SetFaults("gateway-0", {});
  ASSERT_TRUE(cluster->Kill("gateway-0").ok());
  ASSERT_TRUE(cluster->Restart("gateway-0").ok());
  EXPECT_EQ(cluster->AdvertisedEndpoint("gateway-0"), advertised);
  EXPECT_EQ(*ask(absl::Seconds(60)), "fake-cluster");

  options.outlive = true;
  EXPECT_TRUE(absl::IsInvalidArgument(MiniCluster::Start(options).status()));
}

TEST_F(MiniClusterTest, RunsAnotherProgramWhereOneIsNamed) {
  std::filesystem::create_symlink(TREBOL_FAKE_SERVER, root_ + "/bin/another-storage");
  MiniCluster::Options options = Options();
  options.programs["storage-1"] = "another-storage";
  const auto cluster = MustStart(options);
  ASSERT_NE(cluster, nullptr);
  const auto program = [&](const std::string& name) {
    std::string path;
    std::getline(std::ifstream(absl::StrCat("/proc/", cluster->Pid(name), "/cmdline")), path, '\0');
    return std::filesystem::path(path).filename().string();
  };
  EXPECT_EQ(program("storage-0"), "trebol-storage");
  EXPECT_EQ(program("storage-1"), "another-storage");
  EXPECT_THAT(LogOf("storage-1"), HasSubstr("--zone zone-1"));
}

TEST_F(MiniClusterTest, FewNodesKeepFewCopiesAndTheProgramSaysSo) {
  // Beside the stand-ins, where it looks for the servers.
  const std::string program = root_ + "/bin/trebol-minicluster";
  std::filesystem::copy_file(TREBOL_MINICLUSTER, program);
  auto run = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), program);
    arguments.insert(arguments.end(), {"--dir", root_ + "/cluster"});
    const std::string log = root_ + "/said";
    std::filesystem::remove(log);
    auto process = Process::Start({.argv = arguments, .log_file = log});
    EXPECT_TRUE(process.ok() && process->WaitGone(absl::Seconds(60)).ok());
    std::stringstream said;
    said << std::ifstream(log).rdbuf();
    return said.str();
  };
  const absl::Cleanup down = [&] { run({"down"}); };  // they would outlive us
  EXPECT_THAT(run({"up", "--nodes", "2"}),
              AllOf(HasSubstr("it keeps 2 copies of everything, for good"),
                    Not(HasSubstr("nothing is missed"))));
  EXPECT_THAT(LogOf("metadata-0"), HasSubstr("--copies 2 --write-quorum 2"));
  EXPECT_THAT(run({"up", "--nodes", "3"}), HasSubstr("2 copies")) << "chosen at its first start";
  run({"down", "--wipe"});
  EXPECT_THAT(run({"up"}), AllOf(HasSubstr("nothing is missed"), Not(HasSubstr("copies"))));
  EXPECT_THAT(LogOf("metadata-0"), Not(HasSubstr("--copies")));
}

TEST_F(MiniClusterTest, DescribesItselfInClusterJson) {
  const auto cluster = MustStart(Options());
  ASSERT_NE(cluster, nullptr);
  const nlohmann::json record = Record();
  EXPECT_EQ(record["cluster_id"], "fake-cluster");
  EXPECT_EQ(record["gateways"], nlohmann::json::array({cluster->Endpoint("gateway-0")}));
  ASSERT_EQ(record["processes"].size(), 5u);
  const nlohmann::json& storage = record["processes"][1];
  EXPECT_EQ(storage["name"], "storage-0");
  EXPECT_EQ(storage["kind"], "storage");
  EXPECT_EQ(storage["pid"], cluster->Pid("storage-0"));
  EXPECT_EQ(storage["endpoint"], cluster->Endpoint("storage-0"));
  EXPECT_EQ(storage["admin_endpoint"], cluster->AdminEndpoint("storage-0"));
  EXPECT_EQ(storage["data_dir"], root_ + "/cluster/storage-0");
}

TEST_F(MiniClusterTest, ARestartedProcessKeepsItsPorts) {
  const auto cluster = MustStart(Options());
  ASSERT_NE(cluster, nullptr);
  const std::string endpoint = cluster->Endpoint("storage-1");
  const pid_t before = cluster->Pid("storage-1");
  ASSERT_TRUE(cluster->Kill("storage-1").ok());
  EXPECT_EQ(cluster->GetState("storage-1"), State::kStopped);
  EXPECT_TRUE(absl::IsNotFound(cluster->Kill("storage-1")));
  ASSERT_TRUE(cluster->Restart("storage-1").ok());
  ASSERT_TRUE(cluster->WaitReady("storage-1", absl::Seconds(60)).ok());
  EXPECT_NE(cluster->Pid("storage-1"), before);
  EXPECT_THAT(LogOf("storage-1"), HasSubstr(absl::StrCat("--listen ", endpoint)));
  EXPECT_EQ(Record()["processes"][2]["pid"], cluster->Pid("storage-1"));
  EXPECT_EQ(cluster->Restart("storage-1").code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(MiniClusterTest, NobodyGetsThePortOfADeadProcess) {
  const auto cluster = MustStart(Options());
  ASSERT_NE(cluster, nullptr);
  ASSERT_TRUE(cluster->Kill("storage-1").ok());
  std::vector<PortReservation> taken;
  while (taken.size() < 500) {
    auto port = PortReservation::Make();
    ASSERT_TRUE(port.ok());
    EXPECT_NE(port->endpoint(), cluster->Endpoint("storage-1"));
    taken.push_back(*std::move(port));
  }
  EXPECT_TRUE(cluster->Restart("storage-1").ok());
}

TEST_F(MiniClusterTest, TheFirstGatewayTakesAnotherPortWhenItsOwnIsTaken) {
  MiniCluster::Options options = Options();
  const auto first = MustStart(options);
  ASSERT_NE(first, nullptr);
  const std::string taken = first->Endpoint("gateway-0");
  int port = 0;
  ASSERT_TRUE(absl::SimpleAtoi(taken.substr(taken.find(':') + 1), &port));
  options.dir = root_ + "/second";
  options.first_gateway_port = static_cast<uint16_t>(port);
  const auto second = MustStart(options);
  ASSERT_NE(second, nullptr);
  EXPECT_NE(second->Endpoint("gateway-0"), taken);
}

TEST_F(MiniClusterTest, StopAsksAndWaits) {
  MiniCluster::Options options = Options();
  options.environment["storage-2"] = {"FAKE_SERVER=bad_ending"};
  const auto cluster = MustStart(options);
  ASSERT_NE(cluster, nullptr);
  EXPECT_TRUE(cluster->Stop("storage-1").ok());
  EXPECT_THAT(LogOf("storage-1"), HasSubstr("ended as asked"));
  const absl::Status bad = cluster->Stop("storage-2");
  EXPECT_EQ(bad.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(bad.message()), HasSubstr("exit code 7"));
  EXPECT_THAT(std::string(cluster->Stop("storage-9").message()), HasSubstr("there are metadata-0"));
}

TEST_F(MiniClusterTest, APausedProcessIsSeenAndCanBeStopped) {
  const auto cluster = MustStart(Options());
  ASSERT_NE(cluster, nullptr);
  ASSERT_TRUE(cluster->Pause("storage-0").ok());
  EXPECT_EQ(cluster->GetState("storage-0"), State::kPaused);
  ASSERT_TRUE(cluster->Resume("storage-0").ok());
  EXPECT_TRUE(cluster->WaitReady("storage-0", absl::Seconds(60)).ok());
  ASSERT_TRUE(cluster->Pause("storage-0").ok());
  EXPECT_TRUE(cluster->Stop("storage-0").ok());
}

TEST_F(MiniClusterTest, EndsItsProcessesWithItself) {
  auto cluster = MustStart(Options());
  ASSERT_NE(cluster, nullptr);
  std::vector<Process> processes;
  const nlohmann::json record = Record();
  for (const auto& entry : record["processes"]) {
    processes.push_back(Process::Known(entry["pid"], entry["started"]));
    EXPECT_NE(processes.back().GetState(), Process::State::kGone);
  }
  cluster.reset();
  for (Process& process : processes) EXPECT_EQ(process.GetState(), Process::State::kGone);
}

TEST_F(MiniClusterTest, GoesOnFromItsDirectoryWithTheSamePorts) {
  MiniCluster::Options options = Options();
  options.outlive = true;
  std::string endpoint;
  pid_t alive = 0;
  {
    const auto cluster = MustStart(options);
    ASSERT_NE(cluster, nullptr);
    endpoint = cluster->Endpoint("storage-1");
    alive = cluster->Pid("storage-0");
    ASSERT_TRUE(cluster->Kill("storage-1").ok());
    ASSERT_TRUE(cluster->Kill("gateway-0").ok());
  }
  options.outlive = false;  // the last one ends them
  const auto cluster = MustStart(options);
  ASSERT_NE(cluster, nullptr);
  EXPECT_EQ(cluster->Pid("storage-0"), alive);
  EXPECT_EQ(cluster->Endpoint("storage-1"), endpoint);
  for (const std::string& name : cluster->Names())
    EXPECT_EQ(cluster->GetState(name), State::kReady);
}

TEST_F(MiniClusterTest, TakesAStrangerWithARecordedPidForDead) {
  MiniCluster::Options options = Options();
  {
    ASSERT_NE(MustStart(options), nullptr);
  }
  nlohmann::json record = Record();
  record["processes"][1]["pid"] = getpid();  // in use, by somebody else
  std::ofstream(root_ + "/cluster/cluster.json") << record;
  const auto cluster = MustStart(options);
  ASSERT_NE(cluster, nullptr);
  EXPECT_NE(cluster->Pid("storage-0"), getpid());
  EXPECT_EQ(cluster->GetState("storage-0"), State::kReady);
}

TEST_F(MiniClusterTest, GrowsButDoesNotShrink) {
  MiniCluster::Options options = Options();
  {
    ASSERT_NE(MustStart(options), nullptr);
  }
  options.nodes = 4;
  {
    const auto cluster = MustStart(options);
    ASSERT_NE(cluster, nullptr);
    EXPECT_THAT(cluster->Names(), ElementsAre("metadata-0", "storage-0", "storage-1", "storage-2",
                                              "storage-3", "gateway-0"));
    EXPECT_EQ(Record()["initial_nodes"], 3);
    EXPECT_THAT(LogOf("metadata-0"), Not(HasSubstr("--initial-nodes 4")));
  }
  options.nodes = 2;
  EXPECT_EQ(MiniCluster::Start(options).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(MiniClusterTest, RestartsAllAfterAllWereKilled) {
  const auto cluster = MustStart(Options());
  ASSERT_NE(cluster, nullptr);
  const std::vector<std::string> gateways = cluster->GatewayEndpoints();
  cluster->KillAll();
  for (const std::string& name : cluster->Names()) {
    EXPECT_EQ(cluster->GetState(name), State::kStopped);
  }
  const absl::Status restarted = cluster->RestartDead();
  ASSERT_TRUE(restarted.ok()) << restarted;
  EXPECT_EQ(cluster->GatewayEndpoints(), gateways);
  EXPECT_TRUE(cluster->StopAll().ok());
  EXPECT_TRUE(cluster->StopAll().ok());  // nothing left to stop
}

TEST_F(MiniClusterTest, NamesAProcessThatDiesAtStartWithItsLastLine) {
  MiniCluster::Options options = Options();
  options.environment["storage-1"] = {"FAKE_SERVER=exit"};
  const absl::Status status = MiniCluster::Start(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_THAT(std::string(status.message()), AllOf(HasSubstr("storage-1"), HasSubstr("exit code 3"),
                                                   HasSubstr("the disk is on strike")));
  EXPECT_FALSE(std::filesystem::exists(root_ + "/cluster/cluster.json"));
}

TEST_F(MiniClusterTest, NamesAProcessThatNeverServesAndLeavesNoneBehind) {
  MiniCluster::Options options = Options();
  options.outlive = true;
  options.timeout = absl::Seconds(2);
  options.environment["gateway"] = {"FAKE_SERVER=silent"};
  const absl::Status status = MiniCluster::Start(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), HasSubstr("gateway-0 does not serve"));
  // What it started is gone: the directory is free for a new start.
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "cmdline");
    std::string command;
    std::getline(file, command);
    EXPECT_THAT(command, Not(HasSubstr(root_ + "/bin/trebol-")));
  }
}

TEST_F(MiniClusterTest, NamesAProcessThatIsNotReady) {
  MiniCluster::Options options = Options();
  options.timeout = absl::Seconds(2);
  options.environment["storage-0"] = {"FAKE_SERVER=not_ready"};
  const absl::Status status = MiniCluster::Start(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr("storage-0 is not ready"), HasSubstr("answers 503")));
}

TEST_F(MiniClusterTest, AWaitCanBeInterrupted) {
  MiniCluster::Options options = Options();
  options.environment["storage-0"] = {"FAKE_SERVER=silent"};
  options.interrupted = [] { return true; };
  EXPECT_EQ(MiniCluster::Start(options).status().code(), absl::StatusCode::kCancelled);
}

TEST_F(MiniClusterTest, PassesOnFlagsButNoLeftoversOfTheEnvironment) {
  setenv("TREBOL_TEST_LEFTOVER", "1", 1);
  MiniCluster::Options options = Options();
  options.flags["storage"] = {"--weight", "2"};
  const auto cluster = MustStart(options);
  ASSERT_NE(cluster, nullptr);
  EXPECT_THAT(LogOf("storage-1"), AllOf(HasSubstr("--weight 2"), HasSubstr("LEFTOVER: no")));
  EXPECT_THAT(LogOf("gateway-0"), Not(HasSubstr("--weight")));
}

TEST_F(MiniClusterTest, OpenNeedsACluster) {
  EXPECT_TRUE(absl::IsNotFound(MiniCluster::Open(Options()).status()));
  std::filesystem::create_directory(root_ + "/cluster");
  std::ofstream(root_ + "/cluster/cluster.json") << "{\"processes\": 5}";
  EXPECT_TRUE(absl::IsDataLoss(MiniCluster::Open(Options()).status()));
  EXPECT_TRUE(absl::IsDataLoss(MiniCluster::Start(Options()).status()));
}

}  // namespace
}  // namespace trebol
