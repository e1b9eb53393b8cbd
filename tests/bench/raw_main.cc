// trebol-bench-raw: the limits that ./dev bench compares with. The same calls, buffers, allocator
// and message sizes as Trébol's, and nothing done with the bytes; or the disk alone.

#include <grpcpp/impl/service_type.h>
#include <signal.h>

#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "common/base/lock_checks.h"
#include "common/rpc/rpc_server.h"
#include "tests/bench/load_flags.h"
#include "tests/bench/raw_load.h"
#include "tests/bench/raw_service.h"

namespace trebol::bench {
namespace {

/// Serves until SIGTERM.
int Serve(std::unique_ptr<grpc::Service> service) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const auto server = RpcServer::Start("127.0.0.1:0", {service.get()});
  if (!server.ok()) {
    std::fprintf(stderr, "trebol-bench-raw: %s\n", std::string(server.status().message()).c_str());
    return 1;
  }
  std::printf("ready: grpc=%s admin=none\n", (*server)->endpoint().c_str());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&ends, &signal);
  return 0;
}

int Run(int argc, char** argv) {
  CLI::App app("The raw limits that ./dev bench compares with.", "trebol-bench-raw");
  app.require_subcommand(1);
  LoadFlags flags;
  std::vector<std::string> sinks;
  std::string directory;
  int code = 0;

  app.add_subcommand("sink", "Serve chunk calls and forget what they bring")->callback([&] {
    code = Serve(MakeSink());
  });
  CLI::App* relay = app.add_subcommand("relay", "Serve object calls out of sinks");
  relay->add_option("--sinks", sinks, "HOST:PORT,…")->required()->delimiter(',');
  relay->callback([&] { code = Serve(MakeRelay(sinks)); });

  CLI::App* put = app.add_subcommand("put", "Put to a relay");
  flags.AddTo(put);
  put->callback([&] {
    code = flags.Report([&](const LoadLimits& limits, uint64_t size) {
      return PutToRelay(flags.endpoint, size, limits);
    });
  });
  CLI::App* get = app.add_subcommand("get", "Get from a relay");
  flags.AddTo(get);
  get->callback([&] {
    code = flags.Report([&](const LoadLimits& limits, uint64_t size) {
      return GetFromRelay(flags.endpoint, size, limits);
    });
  });
  CLI::App* disk = app.add_subcommand("disk", "Write three files and flush them");
  flags.AddTo(disk);
  disk->add_option("--directory", directory, "Where")->required();
  disk->callback([&] {
    code = flags.Report([&](const LoadLimits& limits, uint64_t size) {
      return WriteToDisk(directory, size, limits);
    });
  });

  CLI11_PARSE(app, argc, argv);
  return code;
}

}  // namespace
}  // namespace trebol::bench

int main(int argc, char** argv) {
  trebol::SkipLockOrderChecks();  // as the programs that it is compared with
  return trebol::bench::Run(argc, argv);
}
