// The program `trebol-gateway`: the door of a cluster.
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/cluster/tasks_json.h"
#include "common/config/option_set.h"
#include "common/daemon/server_process.h"
#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "gateway/gateway.h"
#include "gateway/gateway_metrics.h"
#include "gateway/gateway_status.h"
#include "gateway/s3_settings.h"

namespace {

struct Settings {
  std::string secret_file;
  std::vector<trebol::Endpoint> metadata{{"127.0.0.1", 9300}};
  trebol::Endpoint listen{"127.0.0.1", 9100};
  trebol::Endpoint advertise;
  trebol::Gateway::Options gateway;
  trebol::S3ServerOptions s3;
  trebol::ServerSettings server{.admin_listen = {"127.0.0.1", 9001}};
};

trebol::OptionSet Declare(Settings* settings) {
  trebol::OptionSet options({
      .name = "trebol-gateway",
      .usage = "--cluster-secret-file FILE [--metadata HOST:PORT[,…]] [OPTIONS]",
      .summary =
          "The door of a Trébol cluster: takes requests of clients, sends chunks to the "
          "storage nodes and names to metadata. It keeps nothing on disk; run as many as the "
          "load needs.",
      .examples = {"trebol-gateway --metadata 10.0.0.1:9300 --grpc-listen 0.0.0.0:9100 "
                   "--cluster-secret-file /etc/trebol/cluster.secret"},
      .version = trebol::ProgramVersion(),
  });
  options.Group("Gateway", "gateway");
  options.Add("metadata", "HOST:PORT", "Where metadata answers; today the first is asked",
              trebol::EndpointListValue(&settings->metadata));
  options
      .Add("cluster-secret-file", "FILE",
           "The secret of the cluster, which metadata wrote to DATA/cluster.secret",
           trebol::TextValue(&settings->secret_file))
      .required = true;
  options.Add("grpc-listen", "HOST:PORT", "Where clients call; port 0: any",
              trebol::EndpointValue(&settings->listen));
  options.Add("listen", "HOST:PORT", "The same as --grpc-listen",
              trebol::EndpointValue(&settings->listen));
  options.Add("advertise", "HOST:PORT",
              "Where clients reach it, if that is not where it listens; for operators to see",
              trebol::EndpointValue(&settings->advertise));
  options.Add("upload-memory", "SIZE", "Chunks that uploads may hold in memory; more wait",
              trebol::SizeValue(&settings->gateway.write_memory_bytes));
  options.Add("download-memory", "SIZE", "The same for downloads",
              trebol::SizeValue(&settings->gateway.read_memory_bytes));
  trebol::AddS3Settings(options, "gateway", &settings->s3);
  trebol::AddServerSettings(options, "gateway", &settings->server);
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  if (const auto code = Declare(&settings).ParseOrExitCode(argc, argv)) return *code;
  trebol::ServerProcess process("trebol-gateway", "gateway", settings.server);
  auto secret = trebol::Identity::ReadSecretFile(settings.secret_file);
  if (!secret.ok()) return process.Fail(secret.status());
  if (absl::Status status = process.OpenAdmin(); !status.ok()) return process.Fail(status);

  if (absl::Status status = trebol::CompleteS3Settings(trebol::ProcessEnvironment(), &settings.s3);
      !status.ok()) {
    return process.Fail(status);
  }
  settings.gateway.s3 = settings.s3;
  settings.gateway.listen = ToString(settings.listen);
  settings.gateway.metadata = ToString(settings.metadata.front());
  if (!settings.advertise.host.empty()) settings.gateway.advertise = ToString(settings.advertise);
  auto gateway = trebol::Gateway::Start(settings.gateway, trebol::DialTcp, *std::move(secret),
                                        trebol::SystemClock(), process.registry());
  if (!gateway.ok()) return process.Fail(gateway.status());
  const trebol::GatewayMetrics metrics(process.registry(), **gateway);
  return process.Run({.grpc_endpoint = (*gateway)->endpoint(),
                      .s3_url = (*gateway)->s3_url(),
                      .advertised_endpoint = settings.gateway.advertise,
                      .missing = [&] { return (*gateway)->Missing(); },
                      .fatal = [&] { return (*gateway)->fatal(); },
                      .no_writes = [&] { return (*gateway)->NoWrites(); },
                      .detail = [&] { return trebol::StatusJson(**gateway); },
                      .tasks = [&] { return trebol::TasksJson((*gateway)->cluster_status()); }});
}
