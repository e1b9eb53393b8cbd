// The program `trebol-metadata`: the namespace and the cluster map.
#include <string>

#include "common/base/clock.h"
#include "common/base/limits.h"
#include "common/cluster/tasks_json.h"
#include "common/config/option_set.h"
#include "common/daemon/server_process.h"
#include "common/rpc/channels.h"
#include "metadata/service/metadata_metrics.h"
#include "metadata/service/metadata_server.h"
#include "metadata/service/recovery_options.h"

namespace {

struct Settings {
  std::string data;
  std::string secret_file;
  trebol::Endpoint listen{"127.0.0.1", 9300};
  trebol::Endpoint advertise;
  // 0: as the cluster was created, or the default.
  uint32_t initial_nodes = 0;
  uint32_t copies = 0;
  uint32_t write_quorum = 0;
  uint32_t partitions = 0;
  uint64_t chunk_size = 0;
  trebol::ClusterController::Options controller;
  trebol::ServerSettings server{.admin_listen = {"127.0.0.1", 9301}};
};

trebol::OptionSet Declare(Settings* settings) {
  trebol::OptionSet options({
      .name = "trebol-metadata",
      .usage = "--data DIR [OPTIONS]",
      .summary = "The metadata of a Trébol cluster: the names of all objects, and which node keeps "
                 "what. At its first start it creates the cluster, and in DIR/cluster.secret the "
                 "secret that the other servers are given. Root's key is AWS_ACCESS_KEY_ID with "
                 "AWS_SECRET_ACCESS_KEY, or MINIO_ROOT_USER with MINIO_ROOT_PASSWORD (or …_FILE); "
                 "without any, one is drawn, shown once and kept in DIR/credentials. "
                 "TREBOL_BUCKETS=a,b makes these buckets at the first start.",
      .examples =
          {"trebol-metadata --data /data/metadata --listen 10.0.0.1:9300 --initial-nodes 4"},
      .version = trebol::ProgramVersion(),
  });
  options.Group("Metadata", "metadata");
  options.Add("data", "DIR", "Where it keeps its database", trebol::TextValue(&settings->data))
      .required = true;
  options.Add("listen", "HOST:PORT", "Where it serves gRPC; port 0: any",
              trebol::EndpointValue(&settings->listen));
  options.Add("advertise", "HOST:PORT",
              "Where others reach it, if that is not where it listens; for operators to see",
              trebol::EndpointValue(&settings->advertise));
  options.Add("cluster-secret-file", "FILE",
              "The secret of the cluster; without it, DATA/cluster.secret, made at the first start",
              trebol::TextValue(&settings->secret_file));
  options.Add("out-after", "DURATION",
              "How long a storage node may be down before it is given up and its copies are made "
              "anew on others",
              trebol::DurationValue(&settings->controller.keeper.out_after));
  options.Add("audit-interval", "DURATION",
              "From the end of an audit of all chunks to the next; it finds what no node has any "
              "more",
              trebol::DurationValue(&settings->controller.chunk_audit.interval));
  options.Add("orphan-audit-interval", "DURATION",
              "From the end of a search for what nodes hold and nothing refers to, to the next",
              trebol::DurationValue(&settings->controller.orphan_audit.interval));
  options.Group(
      "Constants of the cluster (fixed at the first start; 0: the default, or as they are)",
      "metadata");
  options.Add("initial-nodes", "N", "Storage nodes that must join before the cluster serves [3]",
              trebol::IntegerValue(&settings->initial_nodes, 0, 10'000));
  options.Add("copies", "N", "Copies of each chunk [3]",
              trebol::IntegerValue(&settings->copies, 0, 7));
  options.Add("write-quorum", "W", "Copies on disk before a write is acknowledged [2]",
              trebol::IntegerValue(&settings->write_quorum, 0, 7));
  options.Add("partitions", "N", "Slices of the hash space, a power of two [4096]",
              trebol::IntegerValue(&settings->partitions, 0, 16'384));
  options.Add("chunk-size", "SIZE", "Of new objects, at most 7MiB [4MiB]",
              trebol::SizeValue(&settings->chunk_size));
  trebol::AddRecoveryOptions(options, "metadata", &settings->controller);
  trebol::AddServerSettings(options, "metadata", &settings->server);
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  if (const auto code = Declare(&settings).ParseOrExitCode(argc, argv)) return *code;
  trebol::ServerProcess process("trebol-metadata", "metadata", settings.server);
  if (settings.chunk_size > trebol::kMaxChunkSize) {
    return process.Fail(absl::InvalidArgumentError("--chunk-size: at most 7MiB"));
  }
  if (absl::Status status = process.OpenAdmin(); !status.ok()) return process.Fail(status);

  auto first_start = trebol::ReadFirstStart(trebol::ProcessEnvironment());
  if (!first_start.ok()) return process.Fail(first_start.status());

  trebol::MetadataServer::Options options;
  options.first_start = *std::move(first_start);
  options.catalog.directory = settings.data;
  options.secret_file = settings.secret_file;
  options.catalog.constants.set_initial_nodes(settings.initial_nodes);
  options.catalog.constants.set_copies(settings.copies);
  options.catalog.constants.set_write_quorum(settings.write_quorum);
  options.catalog.constants.set_partitions(settings.partitions);
  options.catalog.chunk_size = static_cast<uint32_t>(settings.chunk_size);
  options.controller = settings.controller;
  options.listen = ToString(settings.listen);
  auto server = trebol::MetadataServer::Start(options, trebol::DialTcp, trebol::SystemClock());
  if (!server.ok()) return process.Fail(server.status());
  trebol::ShowDrawnRoot(**server);
  const trebol::MetadataMetrics metrics(process.registry(), **server);
  const bool told = !settings.advertise.host.empty();
  return process.Run({.grpc_endpoint = (*server)->endpoint(),
                      .advertised_endpoint = told ? ToString(settings.advertise) : "",
                      .missing = [&] { return (*server)->Missing(); },
                      .fatal = [&] { return (*server)->fatal(); },
                      .no_writes = [&] { return (*server)->NoWrites(); },
                      .needed = [&] { return (*server)->Needed(); },
                      .tasks =
                          [&] {
                            const auto status = (*server)->controller().GetClusterStatus();
                            return trebol::TasksJson(status.value_or(trebol::v1::ClusterStatus()));
                          }});
}
