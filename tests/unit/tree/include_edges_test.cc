#include "tests/unit/tree/include_edges.h"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/tree/source_tree.h"

namespace trebol {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// --- the tree as it is

TEST(SourceTree, IsTheTreeThatWeThinkItIs) { EXPECT_GT(ReadSourceTree(TREBOL_TREE).size(), 40u); }

TEST(SourceTree, IncludesFlowDownOnly) {
  const std::vector<std::string> bad = BadIncludeEdges(ReadSourceTree(TREBOL_TREE));
  EXPECT_THAT(bad, IsEmpty()) << absl::StrJoin(bad, "\n");
}

TEST(SourceTree, HeavyLibrariesStayOutOfHeaders) {
  const std::vector<std::string> bad = HeavyHeaders(ReadSourceTree(TREBOL_TREE));
  EXPECT_THAT(bad, IsEmpty()) << absl::StrJoin(bad, "\n");
}

TEST(SourceTree, KeepsTheHouseHabits) {
  const std::vector<std::string> bad = BadHabits(ReadSourceTree(TREBOL_TREE));
  EXPECT_THAT(bad, IsEmpty()) << absl::StrJoin(bad, "\n");
}

// --- the checks themselves, on a tree with planted faults

class PlantedTree : public ::testing::Test {
 protected:
  PlantedTree() {
    std::string name = std::filesystem::path(::testing::TempDir()) / "planted_tree.XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~PlantedTree() override { std::filesystem::remove_all(root_); }

  void Plant(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(std::filesystem::path(root_ + "/" + path).parent_path());
    std::ofstream(root_ + "/" + path) << text;
  }
  void PlantInclude(const std::string& path, const std::string& included) {
    Plant(path, "#pragma once\n\n#include \"" + included + "\"\n");
  }
  std::vector<std::string> Edges() const { return BadIncludeEdges(ReadSourceTree(root_)); }

  std::string root_;
};

struct Edge {
  std::string from;
  std::string to;
};

class BadEdge : public PlantedTree, public ::testing::WithParamInterface<Edge> {};

TEST_P(BadEdge, IsReportedWithItsLine) {
  PlantInclude(GetParam().from, GetParam().to);
  EXPECT_THAT(Edges(), ElementsAre(StartsWith(GetParam().from + ":3: ")));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadEdge,
    ::testing::Values(Edge{"common/base/a.h", "common/checksum/crc32c.h"},
                      Edge{"common/checksum/a.h", "common/cluster/cluster_map.h"},
                      Edge{"common/cluster/a.h", "common/async/task.h"},
                      Edge{"common/async/a.h", "common/rpc/channels.h"},
                      Edge{"common/rpc/a.h", "common/http/http_client.h"},
                      Edge{"common/rpc/a.cc", "common/stub/storage_stub.h"},
                      Edge{"common/stub/a.cc", "gateway/object/put_object.h"},
                      Edge{"gateway/object/a.cc", "storage-node/engine/chunk_store.h"},
                      Edge{"gateway/object/a.cc", "metadata/state/rows.h"},
                      Edge{"storage-node/service/a.cc", "gateway/cluster/session.h"},
                      Edge{"metadata/service/a.cc", "storage-node/engine/chunk_store.h"},
                      Edge{"metadata/log/a.cc", "metadata/catalog/buckets.h"},
                      Edge{"metadata/catalog/a.cc", "common/rpc/channels.h"},
                      Edge{"metadata/cluster/a.cc", "metadata/service/service.h"},
                      Edge{"metadata/catalog/a.cc", "grpcpp/grpcpp.h"},
                      Edge{"storage-node/engine/a.cc", "common/async/task.h"},
                      Edge{"storage-node/engine/a.cc", "grpcpp/grpcpp.h"},
                      Edge{"gateway/object/a.cc", "server/all_in_one.h"},
                      Edge{"client/a.cc", "common/rpc/channels.h"},
                      Edge{"client/a.cc", "common/cluster/cluster_map.h"},
                      Edge{"cli/cp.cc", "server/all_in_one.h"},
                      Edge{"cli/cp.cc", "common/cluster/cluster_map.h"},
                      Edge{"server/a.cc", "cli/verbs.h"},
                      Edge{"gateway/object/a.cc", "tests/testing/mini_cluster.h"},
                      Edge{"gateway/object/a.cc", "common/utils/strings.h"}));

TEST_F(PlantedTree, GoodEdgesAreNotReported) {
  PlantInclude("cli/main.cc", "server/all_in_one.h");
  PlantInclude("tests/unit/a.cc", "gateway/object/put_object.h");
  PlantInclude("server/a.cc", "storage-node/engine/chunk_store.h");
  PlantInclude("metadata/service/a.cc", "metadata/catalog/buckets.h");
  PlantInclude("client/a.cc", "trebol/v1/object.grpc.pb.h");
  PlantInclude("common/base/a.h", "trebol/v1/error.pb.h");
  PlantInclude("gateway/object/a.cc", "absl/status/status.h");
  PlantInclude("build/gateway/a.cc", "tests/no.h");
  EXPECT_THAT(Edges(), IsEmpty());
}

TEST_F(PlantedTree, ANewRoomHasToBeInTheTable) {
  PlantInclude("common/utils/strings.h", "common/base/ids.h");
  PlantInclude("manager/a.cc", "common/base/ids.h");
  EXPECT_THAT(Edges(), ElementsAre(StartsWith("common/utils/strings.h:1: "),
                                   StartsWith("manager/a.cc:1: ")));
}

TEST_F(PlantedTree, APathThatDoesNotBeginAtTheRootIsReported) {
  PlantInclude("gateway/object/put.h", "absl/status/status.h");
  PlantInclude("gateway/object/put.cc", "put.h");
  EXPECT_THAT(Edges(), ElementsAre(StartsWith("gateway/object/put.cc:3: ")));
}

TEST_F(PlantedTree, HeavyHeadersAreReportedButForTheExceptions) {
  for (const char* library : {"grpcpp/grpcpp.h", "nlohmann/json.hpp", "boost/beast/http.hpp",
                              "CLI/CLI.hpp", "trebol/v1/object.grpc.pb.h"}) {
    PlantInclude("gateway/object/a.h", library);
    PlantInclude("gateway/object/a.cc", library);
    EXPECT_THAT(HeavyHeaders(ReadSourceTree(root_)),
                ElementsAre(StartsWith("gateway/object/a.h:3: ")));
  }
  PlantInclude("gateway/object/a.h", "common/rpc/serve.h");
  PlantInclude("common/rpc/serve.h", "grpcpp/grpcpp.h");
  EXPECT_THAT(HeavyHeaders(ReadSourceTree(root_)), IsEmpty());
  PlantInclude("common/rpc/serve.h", "nlohmann/json.hpp");
  EXPECT_THAT(HeavyHeaders(ReadSourceTree(root_)), SizeIs(1));
}

TEST_F(PlantedTree, BadHabitsAreReported) {
  std::string lines;
  for (int i = 0; i < 601; ++i) lines += "\n";
  Plant("gateway/long.cc", lines);
  Plant("gateway/no_pragma.h", "int a;\n");
  Plant("gateway/unfinished.cc",
        "// TO"
        "DO: the rest\n");
  PlantInclude("gateway/wait.cc",
               "absl/synchronization/"
               "mutex.h");
  EXPECT_THAT(
      BadHabits(ReadSourceTree(root_)),
      ElementsAre(StartsWith("gateway/long.cc:601: "), StartsWith("gateway/no_pragma.h:1: "),
                  StartsWith("gateway/unfinished.cc:1: "), StartsWith("gateway/wait.cc:3: ")));
}

}  // namespace
}  // namespace trebol
