#include "tests/testing/mini_cluster.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/check.h"
#include "common/base/status_macros.h"
#include "common/config/credentials.h"
#include "tests/testing/ask_cluster_id.h"
#include "tests/testing/health_probe.h"
#include "tests/testing/port_reservation.h"
#include "tests/testing/server_log.h"
#include "tests/testing/test_key.h"

namespace trebol {
namespace {

constexpr absl::string_view kMetadata = "metadata", kStorage = "storage", kGateway = "gateway";
constexpr int kUsualCopies = 3;
constexpr absl::Duration kPollInterval = absl::Milliseconds(20);
constexpr absl::Duration kProbeTimeout = absl::Seconds(2);

/// build/bin, from a program that is in it or in build/tests.
std::string OurBinFolder() {
  std::error_code error;
  const std::filesystem::path folder =
      std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  return folder.filename() == "tests" ? folder.parent_path() / "bin" : folder;
}

MiniCluster::Options Completed(MiniCluster::Options options) {
  options.dir = std::filesystem::absolute(options.dir).lexically_normal();
  if (options.bin_dir.empty()) options.bin_dir = OurBinFolder();
  return options;
}

absl::Status NotRunning(absl::string_view name) {
  return absl::NotFoundError(absl::StrCat(name, " is not running"));
}

}  // namespace

struct MiniCluster::Member {
  ProcessRecord record;
  Process process;
  std::string log_file;
  uint64_t log_offset = 0;               // where the log of its present life begins
  std::vector<PortReservation> ports{};  // none where it was running when we came
  std::unique_ptr<FaultProxy> inbound{}, metadata_link{};
};

MiniCluster::MiniCluster(Options options) : options_(Completed(std::move(options))) {
  if (!options_.outlive) testing::UseTestKey();
}

MiniCluster::~MiniCluster() {
  if (!options_.outlive) KillAll();
}

absl::StatusOr<std::unique_ptr<MiniCluster>> MiniCluster::Start(Options options) {
  std::unique_ptr<MiniCluster> cluster(new MiniCluster(std::move(options)));
  std::error_code error;
  std::filesystem::create_directories(cluster->options_.dir + "/logs", error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot make ", cluster->options_.dir, ": ", error.message()));
  }
  const absl::Status loaded = cluster->Load();
  if (!loaded.ok() && !absl::IsNotFound(loaded)) return loaded;
  RETURN_IF_ERROR(cluster->AddMissing());
  RETURN_IF_ERROR(cluster->StartProxies());
  RETURN_IF_ERROR(cluster->RestartDead());
  return cluster;
}

absl::StatusOr<std::unique_ptr<MiniCluster>> MiniCluster::Open(Options options) {
  std::unique_ptr<MiniCluster> cluster(new MiniCluster(std::move(options)));
  RETURN_IF_ERROR(cluster->Load());
  return cluster;
}

// --- the members and their record

absl::Status MiniCluster::Load() {
  ASSIGN_OR_RETURN(const ClusterRecord record, ReadClusterRecord(options_.dir + "/cluster.json"));
  cluster_id_ = record.cluster_id;
  initial_nodes_ = record.initial_nodes;
  for (const ProcessRecord& process : record.processes) {
    members_.push_back(std::make_unique<Member>(
        Member{process, Process::Known(process.pid, process.started), LogFileOf(process.name)}));
  }
  return absl::OkStatus();
}

absl::Status MiniCluster::AddMissing() {
  const bool fresh = members_.empty();
  const int nodes = options_.nodes.value_or(fresh ? 3 : Count(kStorage));
  const int gateways = options_.gateways.value_or(fresh ? 1 : Count(kGateway));
  std::set<std::string> in_use;
  for (const auto& member : members_) in_use.insert(member->record.zone);
  in_use.erase("");
  const int zones =
      std::max(1, options_.zones.value_or(fresh ? 3 : static_cast<int>(in_use.size())));
  if (fresh) initial_nodes_ = options_.initial_nodes.value_or(nodes);
  if (nodes < Count(kStorage) || gateways < Count(kGateway)) {
    return absl::InvalidArgumentError(
        absl::StrCat(options_.dir, " has ", Count(kStorage), " storage nodes and ", Count(kGateway),
                     " gateways; asking for fewer does not take any away"));
  }
  if (fresh) RETURN_IF_ERROR(Add(kMetadata, 0, ""));
  for (int i = Count(kStorage); i < nodes; ++i) {
    RETURN_IF_ERROR(Add(kStorage, i, absl::StrCat("zone-", i % zones)));
  }
  for (int i = Count(kGateway); i < gateways; ++i) RETURN_IF_ERROR(Add(kGateway, i, ""));
  return absl::OkStatus();
}

absl::Status MiniCluster::Add(absl::string_view kind, int number, const std::string& zone) {
  ProcessRecord record;
  record.kind = std::string(kind);
  record.name = absl::StrCat(kind, "-", number);
  if (kind != kGateway) record.data_dir = absl::StrCat(options_.dir, "/", record.name);
  record.zone = zone;
  auto port = PortReservation::Make(kind == kGateway && number == 0 ? options_.first_gateway_port
                                                                    : uint16_t{0});
  if (!port.ok()) port = PortReservation::Make();
  RETURN_IF_ERROR(port.status());
  ASSIGN_OR_RETURN(PortReservation admin_port, PortReservation::Make());
  record.endpoint = port->endpoint();
  record.admin_endpoint = admin_port.endpoint();
  std::optional<PortReservation> s3_port;
  if (kind == kGateway) {
    ASSIGN_OR_RETURN(s3_port, PortReservation::Make());
    record.s3_endpoint = s3_port->endpoint();
  }

  // Storage nodes that join later stand before the gateways: by kind, then number.
  auto place = std::find_if(members_.begin(), members_.end(), [&](const auto& member) {
    return kind == kStorage && member->record.kind == kGateway;
  });
  auto member =
      std::make_unique<Member>(Member{record, Process::Known(0, 0), LogFileOf(record.name)});
  member->ports.push_back(*std::move(port));
  member->ports.push_back(std::move(admin_port));
  if (s3_port.has_value()) member->ports.push_back(*std::move(s3_port));
  members_.insert(place, std::move(member));
  return absl::OkStatus();
}

absl::Status MiniCluster::Save() const {
  ClusterRecord record{cluster_id_, initial_nodes_, {}};
  for (const auto& member : members_) record.processes.push_back(member->record);
  return WriteClusterRecord(options_.dir + "/cluster.json", record);
}

// --- starting

bool MiniCluster::IsProxied(const ProcessRecord& process) const {
  return options_.proxied.contains(process.kind) || options_.proxied.contains(process.name);
}

absl::Status MiniCluster::StartProxies() {
  if (!options_.proxied.empty() && options_.outlive) {
    return absl::InvalidArgumentError("the proxies of a cluster cannot outlive this process");
  }
  for (const auto& member : members_) {  // metadata first: the others' links lead to its proxy
    if (!IsProxied(member->record)) continue;
    ASSIGN_OR_RETURN(member->inbound, FaultProxy::Start({.target = member->record.endpoint}));
    if (member->record.kind == kMetadata) continue;
    ASSIGN_OR_RETURN(member->metadata_link,
                     FaultProxy::Start({.target = AdvertisedEndpoint("metadata-0")}));
  }
  return absl::OkStatus();
}

std::vector<std::string> MiniCluster::Arguments(const ProcessRecord& process) const {
  const auto other = options_.programs.find(process.name);
  const std::string program =
      other != options_.programs.end() ? other->second : absl::StrCat("trebol-", process.kind);
  std::vector<std::string> arguments = {absl::StrCat(options_.bin_dir, "/", program)};
  auto flag = [&arguments](absl::string_view name, absl::string_view value) {
    arguments.emplace_back(name);
    arguments.emplace_back(value);
  };
  if (!process.data_dir.empty()) flag("--data", process.data_dir);
  flag(process.kind == kGateway ? "--grpc-listen" : "--listen", process.endpoint);
  flag("--admin-listen", process.admin_endpoint);
  if (process.kind == kGateway) flag("--s3-listen", process.s3_endpoint);
  if (IsProxied(process)) flag("--advertise", AdvertisedEndpoint(process.name));
  if (process.kind == kMetadata) {
    flag("--initial-nodes", absl::StrCat(initial_nodes_));
    if (Copies() < kUsualCopies) {
      flag("--copies", absl::StrCat(Copies()));
      flag("--write-quorum", absl::StrCat(std::min(Copies(), 2)));
    }
  } else {
    flag("--metadata", IsProxied(process) ? MetadataLink(process.name).endpoint()
                                          : AdvertisedEndpoint("metadata-0"));
    flag("--cluster-secret-file", SecretFile());
  }
  if (process.kind == kStorage) flag("--zone", process.zone);
  for (const std::string& key : {process.kind, process.name}) {
    const auto more = options_.flags.find(key);
    if (more == options_.flags.end()) continue;
    arguments.insert(arguments.end(), more->second.begin(), more->second.end());
  }
  return arguments;
}

std::vector<std::string> MiniCluster::Environment(const ProcessRecord& process) const {
  std::vector<std::string> result;
  for (const std::string& key : {process.kind, process.name}) {
    const auto more = options_.environment.find(key);
    if (more == options_.environment.end()) continue;
    result.insert(result.end(), more->second.begin(), more->second.end());
  }
  return result;
}

absl::Status MiniCluster::Launch(Member& member) {
  struct stat log;
  member.log_offset =
      stat(member.log_file.c_str(), &log) == 0 ? static_cast<uint64_t>(log.st_size) : 0;
  ProcessSpec spec;
  std::error_code error;  // a folder that is missing after all is for the program to complain about
  if (!member.record.data_dir.empty()) {
    std::filesystem::create_directories(member.record.data_dir, error);
  }
  spec.argv = Arguments(member.record);
  spec.environment = Environment(member.record);
  if (!options_.outlive) spec.drop_environment_prefix = "TREBOL_";
  spec.log_file = member.log_file;
  spec.outlives_us = options_.outlive;
  ASSIGN_OR_RETURN(member.process, Process::Start(spec));
  member.record.pid = member.process.pid();
  member.record.started = member.process.started();
  return absl::OkStatus();
}

absl::Status MiniCluster::LaunchDead(std::vector<Member*>& launched) {
  for (const auto& member : members_) {
    if (member->process.GetState() != Process::State::kGone) continue;
    RETURN_IF_ERROR(Launch(*member));
    launched.push_back(member.get());
    // The others need the secret that metadata makes at its first start. Later there is no waiting:
    // metadata that comes back may itself wait to hear from the nodes.
    if (member->record.kind == kMetadata && !std::filesystem::exists(SecretFile())) {
      RETURN_IF_ERROR(AwaitServing(*member));
    }
  }
  for (Member* member : launched) RETURN_IF_ERROR(AwaitServing(*member));
  return absl::OkStatus();
}

absl::Status MiniCluster::RestartDead() {
  std::vector<Member*> launched;
  const absl::Status serving = LaunchDead(launched);
  if (!serving.ok()) {
    for (Member* member : launched) Kill(member->record.name).IgnoreError();
    return serving;
  }
  RETURN_IF_ERROR(Save());
  RETURN_IF_ERROR(AwaitHealthy());
  return Save();
}

absl::Status MiniCluster::AwaitServing(Member& member) {
  const absl::Time deadline = absl::Now() + options_.timeout;
  std::optional<ReadyLine> ready;
  while (!(ready = FindReadyLine(member.log_file, member.log_offset)).has_value()) {
    if (member.process.GetState() == Process::State::kGone) {
      return Failure(absl::StatusCode::kAborted, member, "ended before it served");
    }
    if (options_.interrupted()) return absl::CancelledError("interrupted");
    if (absl::Now() > deadline) {
      return Failure(absl::StatusCode::kDeadlineExceeded, member,
                     absl::StrCat("does not serve after ", absl::FormatDuration(options_.timeout)));
    }
    absl::SleepFor(kPollInterval);
  }
  const ProcessRecord& record = member.record;
  if (record.endpoint != ready->endpoint || record.admin_endpoint != ready->admin_endpoint) {
    return Failure(absl::StatusCode::kInternal, member,
                   absl::StrCat("was told ", record.endpoint, " and ", record.admin_endpoint,
                                ", serves ", ready->endpoint, " and ", ready->admin_endpoint));
  }
  return absl::OkStatus();
}

absl::Status MiniCluster::AwaitReady(Member& member, absl::Time deadline) {
  std::string answer;
  while (true) {
    const absl::StatusOr<int> code = ProbeReady(member.record.admin_endpoint, kProbeTimeout);
    if (code.ok() && *code == 200) return absl::OkStatus();
    if (member.process.GetState() == Process::State::kGone) {
      return Failure(absl::StatusCode::kAborted, member, "is not running");
    }
    if (options_.interrupted()) return absl::CancelledError("interrupted");
    if (absl::Now() > deadline) break;
    answer = code.ok() ? absl::StrCat("/health/ready answers ", *code)
                       : std::string(code.status().message());
    absl::SleepFor(kPollInterval);
  }
  return Failure(absl::StatusCode::kDeadlineExceeded, member,
                 absl::StrCat("is not ready in time: ", answer));
}

absl::Status MiniCluster::AwaitHealthy() {
  const absl::Time deadline = absl::Now() + options_.timeout;
  for (const auto& member : members_) RETURN_IF_ERROR(AwaitReady(*member, deadline));
  return LearnClusterId(deadline);
}

absl::Status MiniCluster::LearnClusterId(absl::Time deadline) {
  const std::vector<std::string> gateways = GatewayEndpoints();
  if (!cluster_id_.empty() || gateways.empty()) return absl::OkStatus();
  const auto drawn = DrawnKey();
  if (drawn.ok() && std::getenv("AWS_ACCESS_KEY_ID") == nullptr) {
    setenv("AWS_ACCESS_KEY_ID", drawn->id.c_str(), 1);
    setenv("AWS_SECRET_ACCESS_KEY", drawn->secret.c_str(), 1);
  }
  // A test that had its cluster draw one kept the key of the tests from it.
  const AccessPair key = drawn.ok() && !options_.outlive ? *drawn : testing::KeyOfEnvironment();
  ASSIGN_OR_RETURN(cluster_id_, AskClusterId(gateways.front(), key, deadline));
  return absl::OkStatus();
}

absl::StatusOr<AccessPair> MiniCluster::DrawnKey() const {
  return ReadCredentials(absl::StrCat(options_.dir, "/metadata-0/credentials"));
}

// --- one process

absl::Status MiniCluster::Kill(absl::string_view name, int signal) {
  ASSIGN_OR_RETURN(Member * member, Find(name));
  if (!member->process.Signal(signal).ok()) return NotRunning(name);
  if (signal == SIGKILL) return member->process.WaitGone(options_.timeout);
  while (signal == SIGSTOP && member->process.GetState() == Process::State::kRunning) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  return absl::OkStatus();
}

absl::Status MiniCluster::Stop(absl::string_view name) {
  ASSIGN_OR_RETURN(Member * member, Find(name));
  if (!member->process.Signal(SIGTERM).ok()) return NotRunning(name);
  member->process.Signal(SIGCONT).IgnoreError();  // a paused one would never see the other
  if (!member->process.WaitGone(options_.timeout).ok()) {
    return Failure(
        absl::StatusCode::kDeadlineExceeded, *member,
        absl::StrCat("still runs ", absl::FormatDuration(options_.timeout), " after SIGTERM"));
  }
  const std::string ending = member->process.Ending();
  if (ending.empty() || member->process.EndedWell()) return absl::OkStatus();
  return Failure(absl::StatusCode::kFailedPrecondition, *member, "did not end well on SIGTERM");
}

absl::Status MiniCluster::Restart(absl::string_view name) {
  ASSIGN_OR_RETURN(Member * member, Find(name));
  if (member->process.GetState() != Process::State::kGone) {
    return absl::FailedPreconditionError(
        absl::StrCat(name, " is running already (pid ", member->record.pid, ")"));
  }
  RETURN_IF_ERROR(Launch(*member));
  if (const absl::Status serving = AwaitServing(*member); !serving.ok()) {
    Kill(name).IgnoreError();
    return serving;
  }
  return Save();
}

absl::Status MiniCluster::WaitReady(absl::string_view name, absl::Duration timeout) {
  ASSIGN_OR_RETURN(Member * member, Find(name));
  return AwaitReady(*member, absl::Now() + timeout);
}

MiniCluster::State MiniCluster::GetState(absl::string_view name) {
  const absl::StatusOr<Member*> member = Find(name);
  if (!member.ok()) return State::kStopped;
  switch ((*member)->process.GetState()) {
    case Process::State::kGone:
      return State::kStopped;
    case Process::State::kPaused:
      return State::kPaused;
    case Process::State::kRunning:
      break;
  }
  const absl::StatusOr<int> code = ProbeReady((*member)->record.admin_endpoint, kProbeTimeout);
  return code.ok() && *code == 200 ? State::kReady : State::kRunning;
}

// --- all processes

void MiniCluster::KillAll() {
  for (const auto& member : members_) member->process.Signal(SIGKILL).IgnoreError();
  for (const auto& member : members_) member->process.WaitGone(options_.timeout).IgnoreError();
}

absl::Status MiniCluster::StopAll() {
  absl::Status first;
  for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
    if ((*member)->process.GetState() == Process::State::kGone) continue;
    const std::string& name = (*member)->record.name;
    first.Update(Stop(name));
    Kill(name).IgnoreError();  // NOT_FOUND when it ended as it was asked to
  }
  return first;
}

// --- looking up

absl::Status MiniCluster::Failure(absl::StatusCode code, const Member& member,
                                  absl::string_view what) const {
  const std::string ending = member.process.Ending();
  return absl::Status(code,
                      absl::StrCat(member.record.name, " ", what,
                                   ending.empty() ? "" : absl::StrCat(" (", ending, ")"), "; ",
                                   member.log_file, " ends: ", LastLine(member.log_file)));
}

absl::StatusOr<MiniCluster::Member*> MiniCluster::Find(absl::string_view name) {
  for (const auto& member : members_) {
    if (member->record.name == name) return member.get();
  }
  return absl::NotFoundError(absl::StrCat("there is no process '", name, "' in ", options_.dir,
                                          "; there are ", absl::StrJoin(Names(), ", ")));
}

const MiniCluster::Member& MiniCluster::Get(absl::string_view name) const {
  const auto found = std::find_if(members_.begin(), members_.end(), [name](const auto& member) {
    return member->record.name == name;
  });
  TREBOL_CHECK(found != members_.end());
  return **found;
}

std::string MiniCluster::LogFileOf(absl::string_view name) const {
  return absl::StrCat(options_.dir, "/logs/", name, ".log");
}

int MiniCluster::Count(absl::string_view kind) const {
  return static_cast<int>(
      std::count_if(members_.begin(), members_.end(),
                    [kind](const auto& member) { return member->record.kind == kind; }));
}

int MiniCluster::Copies() const { return std::min(initial_nodes_, kUsualCopies); }
pid_t MiniCluster::Pid(absl::string_view name) const { return Get(name).record.pid; }
std::string MiniCluster::Endpoint(absl::string_view name) const {
  return Get(name).record.endpoint;
}
std::string MiniCluster::AdvertisedEndpoint(absl::string_view name) const {
  const Member& member = Get(name);
  return member.inbound == nullptr ? member.record.endpoint : member.inbound->endpoint();
}
FaultProxy& MiniCluster::Inbound(absl::string_view name) const {
  TREBOL_CHECK(Get(name).inbound != nullptr);
  return *Get(name).inbound;
}
FaultProxy& MiniCluster::MetadataLink(absl::string_view name) const {
  TREBOL_CHECK(Get(name).metadata_link != nullptr);
  return *Get(name).metadata_link;
}
void MiniCluster::SetFaults(absl::string_view name, const LinkFaults& faults) const {
  Inbound(name).Set(faults);
  if (Get(name).metadata_link != nullptr) MetadataLink(name).Set(faults);
}
std::string MiniCluster::AdminEndpoint(absl::string_view name) const {
  return Get(name).record.admin_endpoint;
}

std::string MiniCluster::S3Endpoint(absl::string_view name) const {
  return Get(name).record.s3_endpoint;
}
std::string MiniCluster::DataDir(absl::string_view name) const { return Get(name).record.data_dir; }
std::string MiniCluster::LogFile(absl::string_view name) const { return Get(name).log_file; }

std::vector<std::string> MiniCluster::Names() const {
  std::vector<std::string> names;
  for (const auto& member : members_) names.push_back(member->record.name);
  return names;
}

std::vector<std::string> MiniCluster::GatewayEndpoints() const {
  std::vector<std::string> endpoints;
  for (const auto& member : members_) {
    if (member->record.kind == kGateway) endpoints.push_back(member->record.endpoint);
  }
  return endpoints;
}

std::string MiniCluster::SecretFile() const {
  return Get("metadata-0").record.data_dir + "/cluster.secret";
}

}  // namespace trebol
