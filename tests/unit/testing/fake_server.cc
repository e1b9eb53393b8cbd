// Stands in for a server where the supervisor itself is tested: serves health, its cluster id, and
// the ready line, and does one thing wrong when told to by FAKE_SERVER.
//   exit         prints a line and ends with code 3
//   silent       runs, but never serves
//   not_ready    serves; /health/ready answers 503
//   bad_ending   ends with code 7 on SIGTERM
// Else the variable is ignored. A metadata server makes cluster.secret; the others need it.

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "grpcpp/grpcpp.h"
#include "trebol/v1/admin.grpc.pb.h"

namespace {

class FakeAdmin : public trebol::v1::AdminService::Service {
  grpc::Status GetClusterStatus(grpc::ServerContext*, const trebol::v1::GetClusterStatusRequest*,
                                trebol::v1::ClusterStatus* response) override {
    response->set_cluster_id("fake-cluster");
    return grpc::Status::OK;
  }
};

int PortOf(const std::string& endpoint) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(endpoint, ':');
  int port = 0;
  return absl::SimpleAtoi(parts.second, &port) ? port : 0;
}

/// Listens on the port of `endpoint`, or on any; the port that it got.
int Listen(const std::string& endpoint, int* fd) {
  *fd = socket(AF_INET, SOCK_STREAM, 0);
  const int on = 1;
  setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(PortOf(endpoint)));
  socklen_t size = sizeof address;
  if (bind(*fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(*fd, 16) != 0 ||
      getsockname(*fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::printf("cannot listen on %s\n", endpoint.c_str());
    std::exit(1);
  }
  return ntohs(address.sin_port);
}

void ServeHealth(int listener, bool ready) {
  const std::string answer = absl::StrCat(ready ? "HTTP/1.1 200 OK" : "HTTP/1.1 503 Not ready",
                                          "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  while (true) {
    const int fd = accept(listener, nullptr, nullptr);
    if (fd < 0) continue;
    char request[1024];
    if (read(fd, request, sizeof request) > 0 && write(fd, answer.data(), answer.size()) < 0) {
      std::perror("write");
    }
    close(fd);
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::map<std::string, std::string> flags;
  for (int i = 1; i + 1 < argc; i += 2) flags[argv[i]] = argv[i + 1];
  for (int i = 0; i < argc; ++i) std::printf("%s%s", argv[i], i + 1 < argc ? " " : "\n");
  const char* const variable = std::getenv("FAKE_SERVER");
  const std::string fault = variable == nullptr ? "" : variable;
  std::printf("inherited TREBOL_TEST_LEFTOVER: %s\n",
              std::getenv("TREBOL_TEST_LEFTOVER") == nullptr ? "no" : "yes");

  if (absl::EndsWith(argv[0], "trebol-metadata")) {
    std::ofstream(flags["--data"] + "/cluster.secret") << "secret\n";
  } else if (!std::ifstream(flags["--cluster-secret-file"])) {
    std::printf("no cluster secret in %s\n", flags["--cluster-secret-file"].c_str());
    return 1;
  }
  if (fault == "exit") {
    std::printf("the disk is on strike\n");
    return 3;
  }

  sigset_t terminate;
  sigemptyset(&terminate);
  sigaddset(&terminate, SIGTERM);
  sigprocmask(SIG_BLOCK, &terminate, nullptr);  // before any thread is made

  int signal = 0;
  if (fault != "silent") {
    int admin_fd = -1;
    const int admin_port = Listen(flags["--admin-listen"], &admin_fd);
    std::thread(ServeHealth, admin_fd, fault != "not_ready").detach();
    FakeAdmin service;
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort(flags[flags.contains("--listen") ? "--listen" : "--grpc-listen"],
                             grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service);
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (server == nullptr) return 1;
    std::printf("ready: grpc=127.0.0.1:%d admin=127.0.0.1:%d\n", port, admin_port);
    sigwait(&terminate, &signal);
  } else {
    sigwait(&terminate, &signal);
  }
  std::printf("ended as asked\n");
  std::fflush(stdout);
  _exit(fault == "bad_ending" ? 7 : 0);
}
