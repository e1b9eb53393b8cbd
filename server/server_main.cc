#include "server/server_main.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/cluster/tasks_json.h"
#include "common/config/option_set.h"
#include "common/daemon/server_process.h"
#include "gateway/gateway_metrics.h"
#include "gateway/gateway_status.h"
#include "gateway/s3_settings.h"
#include "metadata/service/metadata_metrics.h"
#include "metadata/service/recovery_options.h"
#include "server/embedded_cluster.h"
#include "storage-node/storage_metrics.h"

namespace {

struct Settings {
  trebol::EmbeddedCluster::Options cluster;
  trebol::Endpoint listen{"127.0.0.1", 9100};
  trebol::S3ServerOptions s3;
  trebol::ServerSettings server{.admin_listen = {"127.0.0.1", 9001}};
};

trebol::OptionSet Declare(Settings* settings) {
  trebol::OptionSet options({
      .name = "trebol server",
      .usage = "DIR [DIR…] [OPTIONS]",
      .summary = "All of Trébol in one process: gateway, metadata and storage nodes. One directory "
                 "holds three nodes; of several, each holds one (give each a disk of its own). "
                 "Root's key is AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, or MINIO_ROOT_USER "
                 "with MINIO_ROOT_PASSWORD (or …_FILE); without any, one is drawn, shown once and "
                 "kept in DIR/credentials. TREBOL_BUCKETS=a,b makes these buckets at the first "
                 "start.",
      .examples = {"trebol server ./data", "trebol server /disk1 /disk2 /disk3"},
      .version = trebol::ProgramVersion(),
  });
  options.Group("Server", "server");
  options.Add("grpc-listen", "HOST:PORT", "Where clients call; port 0: any",
              trebol::EndpointValue(&settings->listen));
  options.Add("copies", "N", "Copies of each chunk: 1, 2 or 3; fixed at the first start",
              trebol::IntegerValue(&settings->cluster.copies, 1, 3));
  trebol::AddS3Settings(options, "server", &settings->s3);
  trebol::AddRecoveryOptions(options, "server", &settings->cluster.controller);
  trebol::AddServerSettings(options, "server", &settings->server);
  options.Positionals("DIR", "Where data is kept", 1, 64, &settings->cluster.directories);
  return options;
}

void SayWhatCopiesMean(const trebol::EmbeddedCluster::Options& options) {
  if (options.directories.size() == 1 && options.copies > 1) {
    std::printf("%u copies on one disk: %s times the space, no protection from losing it.\n",
                options.copies, options.copies == 3 ? "three" : "two");
  }
}

/// The program as it was called, so that the lines below work where it is not on the PATH.
std::string OwnName() {
  std::ifstream arguments("/proc/self/cmdline");
  std::string name;
  std::getline(arguments, name, '\0');
  return name.find('/') == std::string::npos ? "trebol" : name;
}

/// For the clients of another terminal, where the key is in a file: one that somebody chose has to
/// be set there as it was here.
std::string KeyLine(const std::string& directory) {
  std::error_code error;
  const std::filesystem::path file =
      std::filesystem::absolute(std::filesystem::path(directory) / "credentials", error);
  if (error || !std::filesystem::exists(file, error)) return "";
  return "  export TREBOL_CREDENTIALS_FILE=" + file.lexically_normal().string() + "\n";
}

void SayWhatToTry(const std::string& s3, const std::string& endpoint, const std::string& admin,
                  const std::string& key_line) {
  const std::string program = OwnName();
  // The default endpoint need not be spelled out.
  const std::string flag = endpoint == "127.0.0.1:9100" ? "" : "--endpoint " + endpoint + " ";
  std::printf(
      "\nTrébol serves.\n"
      "  S3       %s  (region us-east-1)\n"
      "  gRPC     %s\n"
      "  admin    http://%s  (/status, /metrics, /health/ready)\n"
      "\nTry, in another terminal:\n"
      "%s"
      "  %s %smb trebol://photos\n"
      "  %s %scp README.md trebol://photos/\n"
      "  %s %sls trebol://photos\n"
      "\nCtrl-C ends it; the data stays.\n",
      s3.c_str(), endpoint.c_str(), admin.c_str(), key_line.c_str(), program.c_str(), flag.c_str(),
      program.c_str(), flag.c_str(), program.c_str(), flag.c_str());
  std::fflush(stdout);
}

}  // namespace

int RunServer(int argc, char** argv) {
  Settings settings;
  if (const auto code = Declare(&settings).ParseOrExitCode(argc, argv)) return *code;
  trebol::ServerProcess process("trebol server", "server", settings.server);
  if (static_cast<int>(settings.cluster.copies) >
      trebol::EmbeddedCluster::NodesFor(settings.cluster)) {
    return process.Fail(absl::InvalidArgumentError(
        "--copies " + std::to_string(settings.cluster.copies) + " needs as many directories and " +
        std::to_string(settings.cluster.directories.size()) +
        " were given; name more of them, or use --copies " +
        std::to_string(settings.cluster.directories.size())));
  }
  if (absl::Status status = process.OpenAdmin(); !status.ok()) return process.Fail(status);
  SayWhatCopiesMean(settings.cluster);

  auto first_start = trebol::ReadFirstStart(trebol::ProcessEnvironment());
  if (!first_start.ok()) return process.Fail(first_start.status());
  settings.cluster.first_start = *std::move(first_start);
  if (absl::Status status = trebol::CompleteS3Settings(trebol::ProcessEnvironment(), &settings.s3);
      !status.ok()) {
    return process.Fail(status);
  }
  settings.cluster.s3 = settings.s3;
  settings.cluster.listen = ToString(settings.listen);
  auto cluster =
      trebol::EmbeddedCluster::Start(settings.cluster, trebol::SystemClock(), process.registry());
  if (!cluster.ok()) return process.Fail(cluster.status());
  trebol::ShowDrawnRoot((*cluster)->metadata());
  const trebol::GatewayMetrics gateway_metrics(process.registry(), (*cluster)->gateway());
  const trebol::MetadataMetrics metadata_metrics(process.registry(), (*cluster)->metadata());
  std::vector<std::unique_ptr<trebol::StorageMetrics>> storage_metrics;
  for (size_t i = 0; i < (*cluster)->node_count(); ++i) {
    storage_metrics.push_back(std::make_unique<trebol::StorageMetrics>(
        process.registry(), (*cluster)->node(i), "storage-" + std::to_string(i)));
  }
  return process.Run(
      {.grpc_endpoint = (*cluster)->endpoint(),
       .s3_url = (*cluster)->gateway().s3_url(),
       .missing = [&] { return (*cluster)->Missing(); },
       .fatal = [&] { return (*cluster)->fatal(); },
       .no_writes = [&] { return (*cluster)->gateway().NoWrites(); },
       .needed =
           [] {
             return std::string(
                 "the whole cluster is in this process: without it nothing is served");
           },
       .detail = [&] { return trebol::StatusJson((*cluster)->gateway()); },
       .tasks = [&] { return trebol::TasksJson((*cluster)->gateway().cluster_status()); },
       .on_ready =
           [&] {
             SayWhatToTry((*cluster)->gateway().s3_url(), (*cluster)->endpoint(),
                          process.admin_endpoint(), KeyLine(settings.cluster.directories.front()));
           }});
}
