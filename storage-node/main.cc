// The program `trebol-storage`: one storage node.
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/limits.h"
#include "common/config/option_set.h"
#include "common/daemon/server_process.h"
#include "common/rpc/channels.h"
#include "common/rpc/identity.h"
#include "storage-node/storage_metrics.h"
#include "storage-node/storage_node.h"

namespace {

struct Settings {
  std::string data;
  std::string secret_file;
  std::vector<trebol::Endpoint> metadata{{"127.0.0.1", 9300}};
  trebol::Endpoint listen{"127.0.0.1", 9200};
  trebol::Endpoint advertise;
  std::string zone = "default";
  double weight = 1;
  uint64_t capacity = 0;
  uint64_t repair_rate = 128 * trebol::kMiB;
  absl::Duration sync_interval = trebol::PartitionSync::Options().interval;
  absl::Duration scrub_interval = trebol::Scrub::Options().interval;
  trebol::ServerSettings server{.admin_listen = {"127.0.0.1", 9201}};
};

trebol::OptionSet Declare(Settings* settings) {
  trebol::OptionSet options({
      .name = "trebol-storage",
      .usage = "--data DIR --cluster-secret-file FILE [--metadata HOST:PORT[,…]] [OPTIONS]",
      .summary = "A storage node of a Trébol cluster: keeps copies of chunks on one disk. It joins "
                 "the cluster that metadata leads, under the id that it keeps in its directory.",
      .examples = {"trebol-storage --data /data/disk1 --metadata 10.0.0.1:9300 "
                   "--cluster-secret-file /etc/trebol/cluster.secret --zone rack-1 "
                   "--listen 10.0.0.2:9200"},
      .version = trebol::ProgramVersion(),
  });
  options.Group("Storage node", "storage");
  options
      .Add("data", "DIR", "Where chunks are kept; one disk, one node",
           trebol::TextValue(&settings->data))
      .required = true;
  options.Add("metadata", "HOST:PORT", "Where metadata answers; today the first is asked",
              trebol::EndpointListValue(&settings->metadata));
  options
      .Add("cluster-secret-file", "FILE",
           "The secret of the cluster, which metadata wrote to DATA/cluster.secret",
           trebol::TextValue(&settings->secret_file))
      .required = true;
  options.Add("zone", "NAME", "What fails together with this node; copies go to different zones",
              trebol::TextValue(&settings->zone));
  options.Add("weight", "NUMBER", "Its share of the data relative to other nodes",
              trebol::NumberValue(&settings->weight, 0.001, 1e6));
  options.Add("capacity", "SIZE", "What it may use of the disk; 0: all of it",
              trebol::SizeValue(&settings->capacity));
  options.Add("repair-rate", "SIZE",
              "Bytes a second that it copies from other nodes at most; 0: as fast as it goes",
              trebol::SizeValue(&settings->repair_rate));
  options.Add("sync-interval", "DURATION",
              "How often it compares what it has with what its peers have",
              trebol::DurationValue(&settings->sync_interval));
  options.Add("scrub-interval", "DURATION",
              "From the end of one verification of all copies to the beginning of the next",
              trebol::DurationValue(&settings->scrub_interval));
  options.Add("listen", "HOST:PORT", "Where it serves gRPC; port 0: any",
              trebol::EndpointValue(&settings->listen));
  options.Add("advertise", "HOST:PORT", "What others call, if that is not where it listens",
              trebol::EndpointValue(&settings->advertise));
  trebol::AddServerSettings(options, "storage", &settings->server);
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  if (const auto code = Declare(&settings).ParseOrExitCode(argc, argv)) return *code;
  trebol::ServerProcess process("trebol-storage", "storage", settings.server);
  const auto advertised = trebol::AdvertisedEndpoint(settings.listen, settings.advertise);
  if (!advertised.ok()) return process.Fail(advertised.status());
  auto secret = trebol::Identity::ReadSecretFile(settings.secret_file);
  if (!secret.ok()) return process.Fail(secret.status());
  if (absl::Status status = process.OpenAdmin(); !status.ok()) return process.Fail(status);

  trebol::StorageNode::Options options;
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
  auto node = trebol::StorageNode::Start(options, trebol::DialTcp, *std::move(secret),
                                         trebol::SystemClock());
  if (!node.ok()) return process.Fail(node.status());
  const trebol::StorageMetrics metrics(process.registry(), **node);
  return process.Run({.grpc_endpoint = (*node)->endpoint(),
                      .advertised_endpoint = options.advertise,
                      .missing = [&] { return (*node)->Missing(); },
                      .fatal = [&] { return (*node)->fatal(); }});
}
