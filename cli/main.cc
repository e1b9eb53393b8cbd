// The program `trebol`: the command line of the object store and, as `trebol server`, all of it in
// one process.
#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "cli/interrupt.h"
#include "cli/run_cli.h"
#include "common/base/lock_checks.h"
#ifdef TREBOL_WITH_SERVER
#include "server/server_main.h"
#endif

namespace {

std::optional<std::string> Variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int TerminalColumns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
#ifdef TREBOL_WITH_SERVER
  // argv[0] of the server is its verb.
  if (!arguments.empty() && arguments[0] == "server") return RunServer(argc - 1, argv + 1);
  if (arguments == std::vector<std::string>{"help", "server"}) {
    char verb[] = "server", help[] = "--help";
    char* asked[] = {verb, help, nullptr};
    return RunServer(2, asked);
  }
#endif
  trebol::SkipLockOrderChecks();
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);  // errors are reported once, by us
  std::signal(SIGPIPE, SIG_IGN);                      // a closed pipe is an error of a write
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  const trebol::cli::Interrupt interrupt;
  trebol::cli::Environment environment{.in = std::cin,
                                       .out = std::cout,
                                       .err = std::cerr,
                                       .in_is_terminal = isatty(STDIN_FILENO) == 1,
                                       .out_is_terminal = isatty(STDOUT_FILENO) == 1,
                                       .err_is_terminal = isatty(STDERR_FILENO) == 1,
                                       .variable = Variable,
                                       .columns = TerminalColumns,
                                       .stop = interrupt.token()};
  return trebol::cli::RunCli(arguments, environment);
}
