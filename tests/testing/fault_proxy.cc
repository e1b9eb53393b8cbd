#include "tests/testing/fault_proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/base/check.h"
#include "tests/testing/fault_pipe.h"

namespace trebol {
namespace {

constexpr int kResetAll = 1, kLoseServers = 2;
constexpr int kNonBlocking = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

/// Of "127.0.0.1:PORT".
absl::StatusOr<sockaddr_in> AddressOf(absl::string_view endpoint) {
  absl::string_view rest = endpoint;
  uint32_t port = 0;
  if (!absl::ConsumePrefix(&rest, "127.0.0.1:") || !absl::SimpleAtoi(rest, &port) || port == 0 ||
      port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", endpoint, "' is no endpoint of a fault proxy; give 127.0.0.1:PORT"));
  }
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

/// Ends with a reset, not in good order: what is on its way is lost.
void CloseWithReset(int& fd) {
  if (fd < 0) return;
  const linger now = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close(std::exchange(fd, -1));
}

}  // namespace

struct FaultProxy::Connection {
  /// Waiting: behind a cut nobody is called yet. Lost: the server's side is gone for good.
  enum class Phase { kWaiting, kConnecting, kOpen, kLost };

  explicit Connection(int client_fd) : client(client_fd) {}
  ~Connection() {
    if (client >= 0) close(client);
    if (server >= 0) close(server);
  }
  void Reset() {
    CloseWithReset(client);
    CloseWithReset(server);
  }
  bool over() const { return client < 0 || (up.done() && down.done()); }

  int client;
  int server = -1;
  Phase phase = Phase::kWaiting;
  bool refused = false;
  FaultPipe up{};    // to the server
  FaultPipe down{};  // to the client
};

absl::StatusOr<std::unique_ptr<FaultProxy>> FaultProxy::Start(Options options) {
  if (const auto target = AddressOf(options.target); !target.ok()) return target.status();
  const int listener = socket(AF_INET, kNonBlocking, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      listen(listener, SOMAXCONN) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    const absl::Status failed = absl::ErrnoToStatus(errno, "cannot listen on 127.0.0.1");
    close(listener);
    return failed;
  }
  const int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  TREBOL_CHECK(wake >= 0);
  return std::unique_ptr<FaultProxy>(new FaultProxy(
      std::move(options), listener, wake, absl::StrCat("127.0.0.1:", ntohs(address.sin_port))));
}

FaultProxy::FaultProxy(Options options, int listener, int wake, std::string endpoint)
    : options_(std::move(options)),
      listener_(listener),
      wake_(wake),
      endpoint_(std::move(endpoint)),
      random_(options_.seed),
      thread_([this] { Run(); }) {}

FaultProxy::~FaultProxy() {
  {
    MutexLock lock(&mutex_);
    stop_ = true;
  }
  Wake();
  thread_.join();
  for (const auto& connection : connections_) connection->Reset();
  close(listener_);
  close(wake_);
}

void FaultProxy::Wake() {
  const uint64_t one = 1;
  TREBOL_CHECK(write(wake_, &one, sizeof one) == sizeof one);
}

void FaultProxy::Set(const LinkFaults& faults) {
  {
    MutexLock lock(&mutex_);
    faults_ = faults;
  }
  Wake();
}

void FaultProxy::ResetAll() { Command(kResetAll); }
void FaultProxy::LoseServers() { Command(kLoseServers); }

void FaultProxy::Command(int command) {
  MutexLock lock(&mutex_);
  while (command_ != 0) obeyed_.Wait(&mutex_);  // another's
  command_ = command;
  Wake();
  while (command_ == command) obeyed_.Wait(&mutex_);
}

FaultProxy::Counts FaultProxy::counts() const {
  MutexLock lock(&mutex_);
  return counts_;
}

// --- the thread

void FaultProxy::Run() {
  using Phase = Connection::Phase;
  while (true) {
    LinkFaults faults;
    int command = 0;
    {
      MutexLock lock(&mutex_);
      if (stop_) return;
      faults = faults_;
      command = command_;
      counts_.open = connections_.size();
    }
    if (command != 0) {
      Obey(command);
      continue;
    }
    const absl::Time now = absl::Now();
    absl::Time due = absl::InfiniteFuture();
    std::vector<pollfd> polled = {{wake_, POLLIN, 0}, {listener_, POLLIN, 0}};
    for (const auto& connection : connections_) {
      if (connection->phase == Phase::kWaiting && !faults.to_server.hold) Connect(*connection);
      const bool open = connection->phase == Phase::kOpen;
      short client = 0, server = 0;
      if (open ? connection->up.WantsRead(faults.to_server) : connection->phase == Phase::kLost) {
        client |= POLLIN;
      }
      if (open && connection->down.WantsWrite(faults.to_client, now)) client |= POLLOUT;
      if (open && connection->down.WantsRead(faults.to_client)) server |= POLLIN;
      if (open ? connection->up.WantsWrite(faults.to_server, now)
               : connection->phase == Phase::kConnecting) {
        server |= POLLOUT;
      }
      // A socket with nothing to do is left out: poll would tell of its end, which must wait too.
      polled.push_back({client == 0 ? -1 : connection->client, client, 0});
      polled.push_back({server == 0 ? -1 : connection->server, server, 0});
      for (const absl::Time next :
           {connection->up.NextDue(faults.to_server), connection->down.NextDue(faults.to_client)}) {
        if (next > now) due = std::min(due, next);
      }
    }
    int timeout_ms = -1;
    if (due != absl::InfiniteFuture()) {
      timeout_ms = static_cast<int>(absl::ToInt64Milliseconds(due - now)) + 1;
    }
    if (poll(polled.data(), polled.size(), timeout_ms) < 0) continue;
    if (polled[0].revents != 0) {
      uint64_t count = 0;
      TREBOL_CHECK(read(wake_, &count, sizeof count) == sizeof count);
      continue;  // with the new faults
    }
    for (size_t i = 0; i < connections_.size(); ++i) {
      Serve(*connections_[i], faults, polled[2 + 2 * i].revents, polled[3 + 2 * i].revents);
    }
    std::erase_if(connections_, [](const auto& connection) { return connection->over(); });
    if (polled[1].revents != 0) Accept(faults);
  }
}

void FaultProxy::Accept(const LinkFaults& faults) {
  int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (client < 0) return;
  {
    MutexLock lock(&mutex_);
    ++(faults.refuse ? counts_.refused : counts_.connections);
  }
  if (faults.refuse) return CloseWithReset(client);
  const int on = 1;
  setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connections_.push_back(std::make_unique<Connection>(client));
}

void FaultProxy::Connect(Connection& connection) {
  using Phase = Connection::Phase;
  connection.phase = Phase::kConnecting;
  connection.server = socket(AF_INET, kNonBlocking, 0);
  TREBOL_CHECK(connection.server >= 0);
  const int on = 1;
  setsockopt(connection.server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const auto target = AddressOf(options_.target);
  if (connect(connection.server, reinterpret_cast<const sockaddr*>(&*target), sizeof *target) !=
          0 &&
      errno != EINPROGRESS) {
    connection.refused = true;
  }
}

void FaultProxy::Serve(Connection& connection, const LinkFaults& faults, short client_events,
                       short server_events) {
  using Phase = Connection::Phase;
  constexpr short kReadable = POLLIN | POLLHUP | POLLERR, kWritable = POLLOUT | POLLHUP | POLLERR;
  if (connection.phase == Phase::kLost) {  // takes what is sent, until the client has enough of it
    char ignored[4096];
    if (client_events != 0 && recv(connection.client, ignored, sizeof ignored, 0) <= 0) {
      CloseWithReset(connection.client);
    }
    return;
  }
  bool good = true;
  uint64_t passed = 0, corrupted = 0;
  if (connection.phase == Phase::kConnecting) {
    if (server_events == 0) return;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(connection.server, SOL_SOCKET, SO_ERROR, &error, &size);
    connection.phase = Phase::kOpen;
    good = error == 0 && !connection.refused;
  } else if (connection.phase == Phase::kOpen) {
    const absl::Time now = absl::Now();
    FaultPipe& up = connection.up;
    FaultPipe& down = connection.down;
    if ((client_events & kReadable) != 0 && up.WantsRead(faults.to_server)) {
      good = up.Read(connection.client, faults.to_server, now, random_, &corrupted);
    }
    if (good && (server_events & kReadable) != 0 && down.WantsRead(faults.to_client)) {
      good = down.Read(connection.server, faults.to_client, now, random_, &corrupted);
    }
    // Also what has just been read: most of the time it is due at once.
    if (good && (client_events != 0 || (server_events & kWritable) != 0)) {
      good = up.Write(connection.server, faults.to_server, now, &passed);
    }
    if (good && (server_events != 0 || (client_events & kWritable) != 0)) {
      good = down.Write(connection.client, faults.to_client, now, &passed);
    }
  }
  if (!good) connection.Reset();
  MutexLock lock(&mutex_);
  counts_.passed += passed;
  counts_.corrupted += corrupted;
  if (!good) ++counts_.reset;
}

void FaultProxy::Obey(int command) {
  for (const auto& connection : connections_) {
    if (command == kResetAll) {
      connection->Reset();
    } else {
      CloseWithReset(connection->server);
      connection->phase = Connection::Phase::kLost;
    }
  }
  const size_t all = connections_.size();
  std::erase_if(connections_, [](const auto& connection) { return connection->over(); });
  MutexLock lock(&mutex_);
  counts_.reset += all;
  counts_.open = connections_.size();
  command_ = 0;
  obeyed_.NotifyAll();
}

}  // namespace trebol
