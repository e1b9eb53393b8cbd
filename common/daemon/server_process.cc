#include "common/daemon/server_process.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <utility>

#include "common/base/lock_checks.h"
#include "common/daemon/readiness_log.h"
#include "common/http/standard_routes.h"

namespace trebol {
namespace {

constexpr int kWake = SIGUSR1;
constexpr char kNotServing[] = "it is starting or ending";

sigset_t EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// The usual soft limit of 1,024 is for programs that use select(); we have a file for each
// connection and each segment that is read.
void RaiseFileLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);  // refused: it stays as it was
}

}  // namespace

ServerProcess::ServerProcess(std::string program, std::string component,
                             const ServerSettings& settings)
    : program_(std::move(program)),
      component_(std::move(component)),
      settings_(settings),
      began_(SystemClock().Now()),
      process_metrics_(registry_) {
  SkipLockOrderChecks();
  // Blocked before any thread begins, so that only who waits for them hears them.
  sigset_t signals = EndSignals();
  sigaddset(&signals, kWake);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  RaiseFileLimit();
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);  // errors are reported once, by us
  ConfigureLog(settings_.log_level, settings_.log_format);
  start_watcher_ = std::thread([this] { WatchTheStart(); });
}

ServerProcess::~ServerProcess() { StopWatchingTheStart(); }

void ServerProcess::WatchTheStart() {
  sigset_t signals = EndSignals();
  sigaddset(&signals, kWake);
  int signal = 0;
  sigwait(&signals, &signal);
  if (!started_) _exit(128 + signal);
  if (signal != kWake) kill(getpid(), signal);  // it came just now: Run's business
}

void ServerProcess::StopWatchingTheStart() {
  if (!start_watcher_.joinable()) return;
  started_ = true;
  pthread_kill(start_watcher_.native_handle(), kWake);
  start_watcher_.join();
}

absl::Status ServerProcess::OpenAdmin() {
  ServerCondition condition;
  condition.missing = [this] { return Missing(); };
  condition.no_writes = [this] { return NoWrites(); };
  condition.needed = [this] { return Needed(); };
  condition.status = [this] { return StatusJson(); };
  condition.registry = &registry_;
  HttpRoutes routes = StandardRoutes(std::move(condition));
  routes["/background-tasks"] = [this](const HttpRequest&) {
    return HttpResponse{.content_type = "application/json", .body = TasksJson()};
  };
  auto admin = AdminServer::Start(settings_.admin_listen, std::move(routes));
  if (!admin.ok()) return admin.status();
  admin_ = *std::move(admin);
  return absl::OkStatus();
}

std::string ServerProcess::admin_endpoint() const { return ToString(admin_->endpoint()); }

int ServerProcess::Fail(const absl::Status& status) const {
  std::fprintf(stderr, "%s: %s\n", program_.c_str(), std::string(status.message()).c_str());
  return 1;
}

std::vector<std::string> ServerProcess::Missing() const {
  MutexLock lock(&mutex_);
  if (server_ == nullptr) return {kNotServing};
  return server_->missing();
}

std::string ServerProcess::NoWrites() const {
  MutexLock lock(&mutex_);
  return server_ == nullptr ? kNotServing : server_->no_writes();
}

std::string ServerProcess::Needed() const {
  MutexLock lock(&mutex_);
  return server_ == nullptr ? "" : server_->needed();
}

std::string ServerProcess::StatusJson() const {
  const std::vector<std::string> missing = Missing();
  nlohmann::json status = {
      {"program", program_},
      {"version", ProgramVersion()},
      {"uptime_seconds", absl::ToInt64Seconds(SystemClock().Now() - began_)},
      {"ready", missing.empty()},
      {"missing", missing},
  };
  MutexLock lock(&mutex_);
  if (server_ != nullptr) {
    status["endpoint"] = server_->advertised_endpoint.empty() ? server_->grpc_endpoint
                                                              : server_->advertised_endpoint;
    if (!server_->s3_url.empty()) status["s3"] = server_->s3_url;
    status["detail"] =
        nlohmann::json::parse(server_->detail(), nullptr, /*allow_exceptions=*/false);
  }
  return status.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string ServerProcess::TasksJson() const {
  MutexLock lock(&mutex_);
  return server_ == nullptr ? "{\"nodes\":[]}\n" : server_->tasks();
}

int ServerProcess::Run(Server server) {
  StopWatchingTheStart();
  {
    MutexLock lock(&mutex_);
    server_ = &server;
  }
  Log(LogLevel::kInfo, component_, "serving",
      {{"grpc", server.grpc_endpoint}, {"admin", admin_endpoint()}, {"version", ProgramVersion()}});
  const std::string s3 = server.s3_url.empty() ? "" : " s3=" + server.s3_url;
  std::printf("ready: grpc=%s%s admin=%s\n", server.grpc_endpoint.c_str(), s3.c_str(),
              admin_endpoint().c_str());
  std::fflush(stdout);

  const sigset_t signals = EndSignals();
  const timespec look_again = {.tv_sec = 0, .tv_nsec = 200'000'000};
  ReadinessLog readiness(component_);
  bool was_ready = false;
  int code = 0;
  while (true) {
    const int signal = sigtimedwait(&signals, nullptr, &look_again);
    if (signal > 0) {
      Log(LogLevel::kInfo, component_, "ending", {{"signal", signal == SIGINT ? "INT" : "TERM"}});
      break;
    }
    if (absl::Status fatal = server.fatal(); !fatal.ok()) {
      code = Fail(fatal);
      break;
    }
    const std::vector<std::string> missing = server.missing();
    readiness.Note(SystemClock().Now(), missing);
    if (!was_ready && missing.empty()) {
      was_ready = true;
      server.on_ready();
    }
  }
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);  // a second one ends us as signals do
  MutexLock lock(&mutex_);
  server_ = nullptr;
  return code;
}

}  // namespace trebol
