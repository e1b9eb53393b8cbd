// What an operator may get wrong when a server is started: it ends at once, not with 0, and its
// last words name the thing and the remedy. The cluster that runs beside it notices nothing.
#include <filesystem>
#include <fstream>
#include <future>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/random.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using ::testing::HasSubstr;
using Words = std::vector<std::string>;

constexpr int kFailed = 1;
constexpr int kUsage = 2;
constexpr int kTimedOut = 124;

class BadStart : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster();
    ASSERT_FALSE(HasFatalFailure());
    fresh_ = dir() + "/fresh";
  }

  void TearDown() override {
    if (HasFatalFailure()) return;
    EXPECT_TRUE(AwaitHealth("healthy"));
    const auto status = client().GetClusterStatus();
    ASSERT_TRUE(status.ok()) << status.status();
    EXPECT_EQ(status->nodes.size(), 3u) << "a refused node left a trace in the map";
  }

  std::vector<std::string> Storage(const std::string& data, std::vector<std::string> more = {},
                                   const std::string& secret = "") {
    std::vector<std::string> argv = {testing::ProgramPath("trebol-storage"),
                                     "--data",
                                     data,
                                     "--admin-listen",
                                     "127.0.0.1:0",
                                     "--cluster-secret-file",
                                     secret.empty() ? cluster().SecretFile() : secret};
    if (!Mentions(more, "--listen")) Append(argv, {"--listen", "127.0.0.1:0"});
    if (!Mentions(more, "--metadata")) Append(argv, {"--metadata", MetadataEndpoint()});
    Append(argv, more);
    return argv;
  }
  std::vector<std::string> Metadata(const std::string& data, std::vector<std::string> more = {}) {
    std::vector<std::string> argv = {testing::ProgramPath("trebol-metadata"),
                                     "--data",
                                     data,
                                     "--listen",
                                     "127.0.0.1:0",
                                     "--admin-listen",
                                     "127.0.0.1:0"};
    Append(argv, more);
    return argv;
  }
  std::vector<std::string> Gateway(const std::string& listen, const std::string& admin_listen,
                                   const std::string& secret) {
    return {testing::ProgramPath("trebol-gateway"),
            "--metadata",
            MetadataEndpoint(),
            "--grpc-listen",
            listen,
            "--admin-listen",
            admin_listen,
            "--s3-listen",
            "127.0.0.1:0",
            "--cluster-secret-file",
            secret};
  }
  std::vector<std::string> Server(std::vector<std::string> more) {
    std::vector<std::string> argv = {testing::ProgramPath("trebol"), "server"};
    Append(argv, more);
    return argv;
  }

  /// Runs it; it must end by itself with `exit_code` and say all `words`.
  void ExpectRefused(const std::string& what, const std::vector<std::string>& argv, int exit_code,
                     const Words& words, testing::ProgramOptions options = {}) {
    SCOPED_TRACE(what);
    options.timeout = kPatience;
    const auto result = testing::RunProgram(argv, options);
    std::cout << what << ": exit code " << result.exit_code << ", " << LastWords(result.err)
              << std::endl;
    EXPECT_NE(result.exit_code, kTimedOut) << "it went on";
    EXPECT_EQ(result.exit_code, exit_code);
    for (const std::string& word : words) EXPECT_THAT(result.err, HasSubstr(word));
  }

  std::string MetadataEndpoint() { return cluster().Endpoint("metadata-0"); }

  std::string Write(const std::string& name, const std::string& text, int mode = 0600) {
    const std::string path = dir() + "/" + name;
    std::ofstream(path) << text;
    std::filesystem::permissions(path, static_cast<std::filesystem::perms>(mode));
    return path;
  }

  void Copy(const std::string& from, const std::string& to) {
    std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  }

  std::string fresh_;

 private:
  /// The line that the program says of itself.
  static std::string LastWords(const std::string& err) {
    std::string last;
    for (const absl::string_view line : absl::StrSplit(err, '\n')) {
      if (absl::StartsWith(line, "trebol")) last = std::string(line);
    }
    return last.empty() ? err : last;
  }
  static bool Mentions(const std::vector<std::string>& argv, const std::string& flag) {
    return std::find(argv.begin(), argv.end(), flag) != argv.end();
  }
  static void Append(std::vector<std::string>& argv, const std::vector<std::string>& more) {
    argv.insert(argv.end(), more.begin(), more.end());
  }
};

TEST_F(BadStart, Secrets) {
  const std::string wrong = Write("wrong", RandomHex(32));
  ExpectRefused("no secret file", Storage(fresh_, {}, "/nowhere"), kFailed,
                {"/nowhere", "does not exist", "cluster.secret"});
  ExpectRefused("a secret that others may read",
                Storage(fresh_, {}, Write("open", RandomHex(32), 0644)), kFailed,
                {"others may read it", "chmod 600"});
  ExpectRefused("a short secret", Storage(fresh_, {}, Write("short", "hello")), kFailed,
                {"at least 32 characters"});
  ExpectRefused("a storage node with another secret", Storage(fresh_, {}, wrong), kFailed,
                {"the cluster secret is wrong", "--cluster-secret-file"});
  ExpectRefused("a gateway with another secret", Gateway("127.0.0.1:0", "127.0.0.1:0", wrong),
                kFailed, {"the cluster secret is wrong", "--cluster-secret-file"});
  ExpectRefused("no secret at all", {testing::ProgramPath("trebol-storage"), "--data", fresh_},
                kUsage, {"--cluster-secret-file", "missing", "cluster.secret"});
}

TEST_F(BadStart, DirectoriesOfOthers) {
  const std::string storage = cluster().DataDir("storage-0");
  const std::string metadata = cluster().DataDir("metadata-0");
  ExpectRefused("metadata's directory for a storage node", Storage(metadata), kFailed,
                {metadata, "not a storage node's data", "empty directory"});
  ExpectRefused("a storage node's directory for metadata", Metadata(storage), kFailed,
                {storage, "data directory of a storage node", "directory of its own"});
  ExpectRefused(
      "two storage nodes in one directory", Storage(storage), kFailed,
      {storage, "in use by another process", absl::StrCat("pid ", cluster().Pid("storage-0"))});
  ExpectRefused("two metadata in one directory", Metadata(metadata), kFailed,
                {metadata, "in use by another process", "stop that one"});
  const std::string strange = dir() + "/strange";
  std::filesystem::create_directory(strange);
  Write("strange/holiday.jpg", "x");
  ExpectRefused("a directory that holds something else", Storage(strange), kFailed,
                {strange, "holiday.jpg", "empty directory"});
  ExpectRefused("a file for a directory", Storage(strange + "/holiday.jpg"), kFailed,
                {"holiday.jpg", "Not a directory"});
}

TEST_F(BadStart, ADirectoryOfAnotherCluster) {
  MiniCluster::Options options;
  options.dir = dir() + "/other";
  options.nodes = 1;
  auto other = MiniCluster::Start(options);
  ASSERT_TRUE(other.ok()) << other.status();
  (*other)->KillAll();
  ExpectRefused("a storage node of another cluster", Storage((*other)->DataDir("storage-0")),
                kFailed, {(*other)->cluster_id(), cluster().cluster_id(), "--metadata and --data"});
}

TEST_F(BadStart, AClonedDirectory) {
  const std::string original = cluster().DataDir("storage-0"), clone = dir() + "/clone";
  ASSERT_TRUE(cluster().Stop("storage-0").ok());
  Copy(original, clone);
  ASSERT_TRUE(cluster().Restart("storage-0").ok());
  ASSERT_TRUE(cluster().WaitReady("storage-0", kPatience).ok());
  ExpectRefused("a copy of a running node's directory", Storage(clone), kFailed,
                {"runs at", cluster().Endpoint("storage-0"), "a directory was copied",
                 "stop one of the two"});
  EXPECT_EQ(cluster().GetState("storage-0"), MiniCluster::State::kReady);
  // The copy counted its start. The original has counted more by now; an old copy is told so.
  const std::string older = dir() + "/older";
  ASSERT_TRUE(cluster().Stop("storage-0").ok());
  Copy(original, older);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(cluster().Restart("storage-0").ok());
    ASSERT_TRUE(cluster().WaitReady("storage-0", kPatience).ok());
    if (i == 0) ASSERT_TRUE(cluster().Stop("storage-0").ok());
  }
  ExpectRefused("an older copy of a directory", Storage(older), kFailed,
                {"an older copy", "empty directory"});
}

TEST_F(BadStart, PortsInUse) {
  const std::string taken = cluster().GatewayEndpoints()[0];
  ExpectRefused("a storage port in use", Storage(fresh_, {"--listen", taken}), kFailed,
                {taken, "in use", "choose another port"});
  ExpectRefused("a gateway port in use", Gateway(taken, "127.0.0.1:0", cluster().SecretFile()),
                kFailed, {taken, "in use", "choose another port"});
  ExpectRefused("an admin port in use", Gateway("127.0.0.1:0", taken, cluster().SecretFile()),
                kFailed, {taken, "in use", "choose another port"});
  ExpectRefused("a server's port in use",
                Server({fresh_, "--grpc-listen", taken, "--admin-listen", "127.0.0.1:0",
                        "--s3-listen", "127.0.0.1:0"}),
                kFailed, {taken, "in use", "choose another port"});
  ExpectRefused("an S3 port in use",
                Server({fresh_, "--grpc-listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0",
                        "--s3-listen", taken}),
                kFailed, {taken, "in use"});
}

TEST_F(BadStart, Options) {
  const auto with = [this](std::vector<std::string> more) {
    return Storage(fresh_, std::move(more));
  };
  ExpectRefused("a size without a known unit", with({"--capacity", "12parsecs"}), kUsage,
                {"--capacity", "12parsecs", "64MiB"});
  ExpectRefused("an endpoint without a port", with({"--metadata", "nowhere"}), kUsage,
                {"--metadata", "nowhere", "HOST:PORT"});
  ExpectRefused("a port that is none", with({"--metadata", "127.0.0.1:99999"}), kUsage,
                {"--metadata", "99999", "65535"});
  ExpectRefused("a negative weight", with({"--weight", "-1"}), kUsage, {"--weight", "-1", "0.001"});
  ExpectRefused("an unknown log level", with({"--log-level", "loud"}), kUsage,
                {"--log-level", "loud", "debug, info"});
  ExpectRefused("a flag twice", with({"--zone", "a", "--zone", "b"}), kUsage,
                {"--zone", "takes one"});
  ExpectRefused("an unknown flag", with({"--wieght", "1"}), kUsage,
                {"--wieght", "did you mean --weight?"});
  ExpectRefused("an unknown variable", with({}), kUsage,
                {"TREBOL_STORAGE_WIEGHT", "did you mean TREBOL_STORAGE_WEIGHT?"},
                {.environment = {{"TREBOL_STORAGE_WIEGHT", "1"}}});
  ExpectRefused("a malformed variable", with({}), kUsage,
                {"TREBOL_STORAGE_WEIGHT", "heavy", "number"},
                {.environment = {{"TREBOL_STORAGE_WEIGHT", "heavy"}}});
  const auto with_file = [&](const std::string& text) {
    return with({"--config", Write("settings.toml", text)});
  };
  ExpectRefused("an unknown key in the file", with_file("[storage]\nzoen = \"a\"\n"), kUsage,
                {"settings.toml:2", "zoen", "did you mean zone?"});
  ExpectRefused("an unknown section in the file", with_file("[storge]\nzone = \"a\"\n"), kUsage,
                {"settings.toml:1", "storge", "did you mean storage?"});
  ExpectRefused("a file that is no TOML", with_file("[storage\n"), kUsage, {"settings.toml:1"});
  ExpectRefused("no such file", with({"--config", "/nowhere.toml"}), kUsage, {"/nowhere.toml"});
  EXPECT_FALSE(std::filesystem::exists(fresh_)) << "a refused start made a directory";
  ExpectRefused("partitions that are no power of two", Metadata(fresh_, {"--partitions", "1000"}),
                kFailed, {"1000", "power of two"});
  ExpectRefused("a quorum above the copies",
                Metadata(fresh_, {"--copies", "2", "--write-quorum", "3"}), kFailed,
                {"write quorum", "3", "2"});
  ExpectRefused("chunks too large", Metadata(fresh_, {"--chunk-size", "100MiB"}), kFailed,
                {"--chunk-size", "7MiB"});
  ExpectRefused("a server without a directory", Server({}), kUsage, {"DIR is missing"});
  ExpectRefused("a server with four copies", Server({fresh_, "--copies", "4"}), kUsage,
                {"--copies", "'4'", "1 to 3"});
  ExpectRefused("a server with more copies than directories",
                Server({fresh_, dir() + "/second", "--copies", "3", "--grpc-listen", "127.0.0.1:0",
                        "--admin-listen", "127.0.0.1:0"}),
                kFailed, {"--copies 3", "2 were given"});
}

TEST_F(BadStart, AddressesThatNobodyElseCanCall) {
  // Everyone's call would come to the caller's own machine, and one node's copy count as another's.
  const std::vector<std::string> two = {"--metadata", "127.0.0.1:1,127.0.0.1:2"};
  for (const std::string every : {"0.0.0.0:0", "[::]:9200", "[::0]:9200"}) {
    ExpectRefused("a node on every address", Storage(fresh_, {"--listen", every}), kFailed,
                  {"--listen", "every address", "--advertise HOST:PORT"});
    ExpectRefused("a node known by every address",
                  Storage(fresh_, {two[0], two[1], "--advertise", every}), kFailed,
                  {"--advertise", "every address", "--advertise HOST:PORT"});
  }
  ExpectRefused("a node known by port 0", Storage(fresh_, {"--advertise", "10.0.0.1:0"}), kFailed,
                {"--advertise 10.0.0.1:0", "port 0"});
  ExpectRefused("an address that is none", Storage(fresh_, {"--advertise", "nowhere"}), kUsage,
                {"--advertise", "nowhere", "HOST:PORT"});
}

TEST_F(BadStart, FlagsThatAllServersHaveAreKnownToAll) {
  const std::string open = Write("secret", RandomHex(32), 0644);
  const std::vector<std::string> common = {
      "--listen",       "127.0.0.1:0", "--advertise",           "10.0.0.1:1", "--log-level", "info",
      "--admin-listen", "127.0.0.1:0", "--cluster-secret-file", open};
  for (const auto& [program, own] :
       {std::pair<std::string, std::vector<std::string>>{"trebol-metadata", {"--data", fresh_}},
        {"trebol-storage", {"--data", fresh_, "--metadata", "127.0.0.1:1,127.0.0.1:2"}},
        {"trebol-gateway", {"--metadata", "127.0.0.1:1,127.0.0.1:2"}}}) {
    std::vector<std::string> argv = {testing::ProgramPath(program)};
    argv.insert(argv.end(), common.begin(), common.end());
    argv.insert(argv.end(), own.begin(), own.end());
    ExpectRefused(program + " with the flags that all have", argv, kFailed,
                  {open, "others may read it"});
  }
}

TEST_F(BadStart, ConstantsThatAreNotTheClusters) {
  ASSERT_TRUE(cluster().Stop("metadata-0").ok());
  ExpectRefused("another number of copies than the cluster has",
                Metadata(cluster().DataDir("metadata-0"), {"--copies", "2"}), kFailed,
                {"copies", "2", "3"});
  ExpectRefused("another number of partitions",
                Metadata(cluster().DataDir("metadata-0"), {"--partitions", "64"}), kFailed,
                {"partitions", "64", "4096"});
  ASSERT_TRUE(cluster().Restart("metadata-0").ok());
}

}  // namespace
}  // namespace trebol
