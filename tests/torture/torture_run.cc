#include "tests/torture/torture_run.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/check.h"
#include "common/base/status_macros.h"

namespace trebol::torture {
namespace {

constexpr absl::Duration kCall = absl::Seconds(5);
constexpr absl::Duration kPoll = absl::Milliseconds(100);
constexpr char kRegister[] = "register", kLoad[] = "load", kProbe[] = "probe";
constexpr uint64_t kProgress = 20;  // operations of each load after recovery
constexpr size_t kShown = 10;       // findings in words

std::string Seconds(absl::Duration duration) {
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(duration));
}

std::string Joined(const std::map<std::string, uint64_t>& counts) {
  return absl::StrJoin(counts, ", ", [](std::string* out, const auto& count) {
    absl::StrAppend(out, count.second, " ", count.first);
  });
}

}  // namespace

// --- the report

uint64_t Report::operations() const {
  return verdict.operations + load.writes() + load.gets + load.unknown + load.refused +
         load.failed_reads;
}

std::string Report::Text() const {
  std::string text;
  for (const std::string& failure : failures) absl::StrAppend(&text, "FAILED ", failure, "\n");
  absl::StrAppend(&text, "faults: ", Joined(done), "\n");
  absl::StrAppend(&text, "errors of calls: ", errors.empty() ? "none" : Joined(errors), "\n");
  absl::StrAppend(&text, "linearizability: ", verdict.Summary(), "\n");
  absl::StrAppend(&text, "ledger: ", keys_verified, " keys, ", losses.lost, " lost, ",
                  losses.corrupt, " corrupt, ", losses.undeleted, " undeleted, ", losses.unreadable,
                  " unreadable; ", load.puts, " puts, ", load.deletes, " deletes, ", load.gets,
                  " gets, ", load.unknown, " unknown, ", load.refused, " refused, ",
                  load.failed_reads, " failed reads\n");
  absl::StrAppend(&text, "torture: ", good() ? "OK" : "FAILED", " seed ", seed, ", ",
                  Seconds(tortured), ", ", operations(), " operations, ", nemesis.kills,
                  " kills of ", nemesis.killed, " processes, ", nemesis.pauses, " pauses, ",
                  nemesis.cuts, " cuts, recovered in ", Seconds(recovered), "\n");
  return text;
}

// --- the run

TortureRun::TortureRun(Options options) : options_(std::move(options)), begun_(absl::Now()) {}

client::Client TortureRun::ClientOf(const std::string& endpoint) const {
  auto client =
      client::Client::Create({.endpoint = endpoint, .timeout = kCall, .idle_timeout = kCall});
  TREBOL_CHECK(client.ok());
  return *std::move(client);
}

void TortureRun::Fail(const std::string& why) {
  if (report_.failures.size() < kShown) report_.failures.push_back(why);
}

Report TortureRun::Run() {
  report_.seed = options_.seed;
  absl::Status status = StartCluster();
  if (status.ok()) status = Torture();
  if (status.ok()) status = Recover();
  if (!status.ok()) Fail(std::string(status.message()));
  if (load_ != nullptr) Judge();
  return std::move(report_);
}

absl::Status TortureRun::StartCluster() {
  MiniCluster::Options cluster{.dir = options_.dir + "/cluster",
                               .nodes = options_.nodes,
                               .gateways = options_.gateways,
                               .zones = options_.zones,
                               .flags = options_.flags,
                               .environment = options_.environment,
                               .timeout = options_.converge_within,
                               .interrupted = options_.interrupted};
  if (std::any_of(options_.faults.begin(), options_.faults.end(), NeedsProxies)) {
    cluster.proxied = {"storage", "gateway"};
  }
  ASSIGN_OR_RETURN(cluster_, MiniCluster::Start(std::move(cluster)));
  const client::Client client = ClientOf(cluster_->GatewayEndpoints().front());
  for (const char* bucket : {kRegister, kLoad, kProbe}) {
    RETURN_IF_ERROR(client.CreateBucket(bucket).status());
  }
  std::vector<std::string> endpoints;
  for (int i = 0; i < options_.gateways; ++i) {
    endpoints.push_back(cluster_->AdvertisedEndpoint(absl::StrCat("gateway-", i)));
  }
  load_ = std::make_unique<testing::Load>(testing::Load::Options{.endpoints = endpoints,
                                                                 .bucket = kLoad,
                                                                 .seed = options_.seed & 0xffffffff,
                                                                 .client_timeout = kCall,
                                                                 .idle_timeout = kCall});
  registers_ = std::make_unique<RegisterClients>(RegisterClients::Options{
      .endpoints = endpoints, .bucket = kRegister, .seed = options_.seed, .timeout = kCall});
  return absl::OkStatus();
}

absl::Status TortureRun::Torture() {
  const absl::Time start = absl::Now();
  nemesis_ = std::make_unique<Nemesis>(
      cluster_.get(),
      [this, start](const std::string& line) {
        options_.say(
            absl::StrFormat("%7.1f  %s", absl::ToDoubleSeconds(absl::Now() - start), line));
      },
      options_.interrupted);
  NemesisPlan plan({.seed = options_.seed,
                    .faults = options_.faults,
                    .nodes = options_.nodes,
                    .gateways = options_.gateways,
                    .pace = options_.pace});
  load_->Start();
  registers_->Start();
  absl::Status status;
  while (status.ok() && !options_.interrupted() &&
         (absl::Now() - start < options_.duration ||
          nemesis_->counts().kills < options_.least_kills)) {
    status = nemesis_->Act(plan.Next());
  }
  report_.tortured = absl::Now() - start;
  report_.nemesis = nemesis_->counts();
  report_.done = nemesis_->done();
  return status;
}

absl::Status TortureRun::Recover() {
  const absl::Time start = absl::Now();
  const absl::Time deadline = start + options_.converge_within;
  RETURN_IF_ERROR(nemesis_->Heal());
  RETURN_IF_ERROR(Await(std::min(options_.converged, Converged::kHealthy), deadline));
  const uint64_t operations = registers_->operations();
  if (!load_->AwaitWrites(kProgress, deadline - absl::Now()) ||
      !load_->AwaitReads(kProgress, deadline - absl::Now())) {
    return absl::DeadlineExceededError("after healing, the load makes no progress");
  }
  while (registers_->operations() < operations + kProgress) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError("after healing, clients that share keys make no progress");
    }
    absl::SleepFor(kPoll);
  }
  load_->Stop();
  registers_->Stop();
  if (options_.converged == Converged::kWhole) {
    RETURN_IF_ERROR(Await(Converged::kWhole, deadline));
  }
  report_.recovered = absl::Now() - start;
  options_.say(absl::StrCat("recovered in ", Seconds(report_.recovered)));
  return absl::OkStatus();
}

absl::Status TortureRun::CheckGateway(const std::string& endpoint) const {
  const client::Client client = ClientOf(endpoint);
  const std::string bytes = absl::StrCat(endpoint, " at ", absl::FormatTime(absl::Now()));
  RETURN_IF_ERROR(client.PutObject(kProbe, endpoint, bytes).status());
  std::string read;
  RETURN_IF_ERROR(client
                      .GetObject(kProbe, endpoint,
                                 [&read](absl::string_view piece) {
                                   read.append(piece.data(), piece.size());
                                   return absl::OkStatus();
                                 })
                      .status());
  if (read != bytes) return absl::DataLossError("a probe came back with other bytes");
  return absl::OkStatus();
}

absl::Status TortureRun::CheckConverged(Converged converged) const {
  // Not while it shall come to rest: what a probe overwrites is garbage.
  if (converged != Converged::kWhole) {
    for (const std::string& endpoint : cluster_->GatewayEndpoints()) {
      RETURN_IF_ERROR(CheckGateway(endpoint));
    }
  }
  if (converged == Converged::kServing) return absl::OkStatus();
  const client::Client client = ClientOf(cluster_->GatewayEndpoints().front());
  ASSIGN_OR_RETURN(const client::ClusterStatus status, client.GetClusterStatus());
  const bool up = status.nodes_up == static_cast<uint32_t>(options_.nodes);
  if (status.health != "healthy" || !up) {
    return absl::UnavailableError(absl::StrCat("health is ", status.health, ", ", status.nodes_up,
                                               " nodes up: ", absl::StrJoin(status.reasons, "; ")));
  }
  if (converged == Converged::kHealthy) return absl::OkStatus();
  uint64_t bytes = 0;
  for (const client::NodeStatus& node : status.nodes) bytes += node.chunk_bytes;
  const uint64_t wanted = status.object_bytes * status.copies;
  if (bytes != wanted || status.garbage_bytes != 0) {
    return absl::UnavailableError(absl::StrCat("the nodes hold ", bytes, " bytes of chunks, ",
                                               status.copies, " copies of all objects are ", wanted,
                                               "; ", status.garbage_bytes, " bytes of garbage"));
  }
  return absl::OkStatus();
}

absl::Status TortureRun::Await(Converged converged, absl::Time deadline) const {
  while (true) {
    const absl::Status status = CheckConverged(converged);
    if (status.ok()) return status;
    if (options_.interrupted()) return absl::CancelledError("interrupted");
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(absl::StrCat("not recovered ",
                                                      Seconds(options_.converge_within),
                                                      " after healing: ", status.message()));
    }
    absl::SleepFor(kPoll);
  }
}

void TortureRun::Judge() {
  load_->Stop();
  registers_->Stop();
  const std::string gateway = cluster_->GatewayEndpoints().front();
  if (const absl::Status serves = CheckGateway(gateway); serves.ok()) {
    report_.keys_verified = load_->Verify(ClientOf(gateway));
  } else {
    Fail(absl::StrCat("the ledger cannot be compared: ", serves.message()));
  }
  report_.load = load_->counts();
  report_.losses = load_->losses();
  report_.errors = registers_->errors();
  for (const std::string& violation : load_->violations()) Fail("ledger: " + violation);
  if (report_.load.writes() < options_.least_ledger_writes) {
    Fail(absl::StrCat("vacuous: the ledger has ", report_.load.writes(), " acknowledged writes of ",
                      options_.least_ledger_writes));
  }
  if (report_.nemesis.actions == 0) Fail("vacuous: the nemesis did nothing");

  report_.verdict = linearizability::Judge(registers_->history().ByKey(), options_.least);
  for (const std::string& finding : report_.verdict.findings) Fail(finding);
  if (!report_.verdict.vacuous.empty()) Fail("vacuous: only " + report_.verdict.vacuous);
  for (const std::string& violation : registers_->violations()) Fail("wrong bytes: " + violation);
  for (const std::string& conflict : registers_->history().Conflicts()) {
    Fail("identity: " + conflict);
  }
  if (report_.good()) return;
  Keep("report.txt", report_.Text());
  std::string history;
  for (const auto& [key, operations] : registers_->history().ByKey()) {
    for (const linearizability::Operation& operation : operations) {
      absl::StrAppend(&history, key, " ", operation.invoked, " ", operation.returned, " client ",
                      operation.client, ": ", linearizability::Describe(operation), "  ",
                      operation.note, "\n");
    }
  }
  Keep("history.txt", history);
}

void TortureRun::Keep(const std::string& file, const std::string& text) const {
  std::ofstream(options_.dir + "/" + file) << text;
}

}  // namespace trebol::torture
