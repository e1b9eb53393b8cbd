#include "storage-node/storage_program.h"

#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/limits.h"
#include "common/cluster/tasks_json.h"
#include "common/config/option_set.h"
#include "common/daemon/server_process.h"
#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "storage-node/storage_metrics.h"
#include "storage-node/storage_node.h"

namespace trebol {
namespace {

struct Settings {
  std::string data;
  std::string secret_file;
  std::vector<Endpoint> metadata{{"127.0.0.1", 9300}};
  Endpoint listen{"127.0.0.1", 9200};
  Endpoint advertise;
  std::string zone = "default";
  double weight = 1;
  uint64_t capacity = 0;
  uint64_t repair_rate = 128 * kMiB;
  absl::Duration sync_interval = PartitionSync::Options().interval;
  absl::Duration scrub_interval = Scrub::Options().interval;
  ServerSettings server{.admin_listen = {"127.0.0.1", 9201}};
};

OptionSet Declare(Settings* settings) {
  OptionSet options({
      .name = "trebol-storage",
      .usage = "--data DIR --cluster-secret-file FILE [--metadata HOST:PORT[,…]] [OPTIONS]",
      .summary = "A storage node of a Trébol cluster: keeps copies of chunks on one disk. It joins "
                 "the cluster that metadata leads, under the id that it keeps in its directory.",
      .examples = {"trebol-storage --data /data/disk1 --metadata 10.0.0.1:9300 "
                   "--cluster-secret-file /etc/trebol/cluster.secret --zone rack-1 "
                   "--listen 10.0.0.2:9200"},
      .version = ProgramVersion(),
  });
  options.Group("Storage node", "storage");
  options
      .Add("data", "DIR", "Where chunks are kept; one disk, one node", TextValue(&settings->data))
      .required = true;
  options.Add("metadata", "HOST:PORT", "Where metadata answers; today the first is asked",
              EndpointListValue(&settings->metadata));
  options
      .Add("cluster-secret-file", "FILE",
           "The secret of the cluster, which metadata wrote to DATA/cluster.secret",
           TextValue(&settings->secret_file))
      .required = true;
  options.Add("zone", "NAME", "What fails together with this node; copies go to different zones",
              TextValue(&settings->zone));
  options.Add("weight", "NUMBER", "Its share of the data relative to other nodes",
              NumberValue(&settings->weight, 0.001, 1e6));
  options.Add("capacity", "SIZE", "What it may use of the disk; 0: all of it",
              SizeValue(&settings->capacity));
  options.Add("repair-rate", "SIZE",
              "Bytes a second that it copies from other nodes at most; 0: as fast as it goes",
              SizeValue(&settings->repair_rate));
  options.Add("sync-interval", "DURATION",
              "How often it compares what it has with what its peers have",
              DurationValue(&settings->sync_interval));
  options.Add("scrub-interval", "DURATION",
              "From the end of one verification of all copies to the beginning of the next",
              DurationValue(&settings->scrub_interval));
  options.Add("listen", "HOST:PORT", "Where it serves gRPC; port 0: any",
              EndpointValue(&settings->listen));
  options.Add("advertise", "HOST:PORT", "What others call, if that is not where it listens",
              EndpointValue(&settings->advertise));
  AddServerSettings(options, "storage", &settings->server);
  return options;
}

}  // namespace

int RunStorageProgram(int argc, char** argv, EngineOptions engine) {
  Settings settings;
  if (const auto code = Declare(&settings).ParseOrExitCode(argc, argv)) return *code;
  ServerProcess process("trebol-storage", "storage", settings.server);
  const auto advertised = AdvertisedEndpoint(settings.listen, settings.advertise);
  if (!advertised.ok()) return process.Fail(advertised.status());
  auto secret = Identity::ReadSecretFile(settings.secret_file);
  if (!secret.ok()) return process.Fail(secret.status());
  if (absl::Status status = process.OpenAdmin(); !status.ok()) return process.Fail(status);

  StorageNode::Options options;
  options.engine = std::move(engine);
  options.engine.directory = settings.data;
  options.engine.capacity_bytes = settings.capacity;
  options.listen = ToString(settings.listen);
  if (advertised->port != 0) options.advertise = ToString(*advertised);
  options.admin_endpoint = process.admin_endpoint();
  options.metadata = ToString(settings.metadata.front());
  options.zone = settings.zone;
  options.weight = settings.weight;
  options.background.sync.interval = settings.sync_interval;
  options.background.sync.rate = static_cast<double>(settings.repair_rate);
  options.background.hand_over.rate = static_cast<double>(settings.repair_rate);
  options.background.scrub.interval = settings.scrub_interval;
  auto node = StorageNode::Start(options, DialTcp, *std::move(secret), SystemClock());
  if (!node.ok()) return process.Fail(node.status());
  const StorageMetrics metrics(process.registry(), **node);
  return process.Run({.grpc_endpoint = (*node)->endpoint(),
                      .advertised_endpoint = options.advertise,
                      .missing = [&] { return (*node)->Missing(); },
                      .fatal = [&] { return (*node)->fatal(); },
                      .no_writes = [&] { return (*node)->NoWrites(); },
                      .needed = [&] { return (*node)->Needed(); },
                      .tasks = [&] { return TasksJson((*node)->Describe()); }});
}

}  // namespace trebol
