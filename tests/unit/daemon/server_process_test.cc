// How a server ends: signals while it starts, while it serves, and while it ends.
#include "common/daemon/server_process.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/time/clock.h"

namespace trebol {
namespace {

/// A process that runs `body`; its outcome as a shell would say it, 0 if it had to be killed.
class Child {
 public:
  explicit Child(const std::function<int(int ready)>& body) {
    int ends[2];
    if (pipe(ends) != 0) abort();
    pid_ = fork();
    if (pid_ == 0) {
      close(ends[0]);
      alarm(60);  // whatever happens, it ends
      _exit(body(ends[1]));
    }
    close(ends[1]);
    ready_ = ends[0];
  }
  ~Child() { close(ready_); }

  /// Until the body wrote a byte.
  void AwaitReady() {
    char byte = 0;
    ASSERT_EQ(read(ready_, &byte, 1), 1);
  }
  void Signal(int signal) { kill(pid_, signal); }
  int Ending() {
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

 private:
  pid_t pid_ = 0;
  int ready_ = -1;
};

ServerSettings AnyPort() { return {.admin_listen = {"127.0.0.1", 0}}; }

void Say(int ready) {
  if (write(ready, "x", 1) != 1) _exit(99);
}

ServerProcess::Server Serving(int ready) {
  return {.grpc_endpoint = "none",
          .missing = [] { return std::vector<std::string>(); },
          .fatal = [] { return absl::OkStatus(); },
          .on_ready = [ready] { Say(ready); }};
}

TEST(ServerProcess, EndsAtASignalWhileItStarts) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Child child([](int ready) {
      ServerProcess process("test", "test", AnyPort());
      Say(ready);
      absl::SleepFor(absl::Seconds(50));  // a long recovery
      return 0;
    });
    child.AwaitReady();
    child.Signal(signal);
    EXPECT_EQ(child.Ending(), 128 + signal);
  }
}

TEST(ServerProcess, ServesUntilASignalAndThenEndsInOrder) {
  Child child([](int ready) {
    ServerProcess process("test", "test", AnyPort());
    if (!process.OpenAdmin().ok()) return 98;
    return process.Run(Serving(ready)) == 0 ? 7 : 97;
  });
  child.AwaitReady();
  child.Signal(SIGTERM);
  EXPECT_EQ(child.Ending(), 7);
}

TEST(ServerProcess, ASecondSignalEndsItAtOnce) {
  Child child([](int ready) {
    ServerProcess process("test", "test", AnyPort());
    if (!process.OpenAdmin().ok()) return 98;
    process.Run(Serving(ready));
    Say(ready);
    absl::SleepFor(absl::Seconds(50));  // requests that do not end
    return 0;
  });
  child.AwaitReady();
  child.Signal(SIGINT);
  child.AwaitReady();
  child.Signal(SIGINT);
  EXPECT_EQ(child.Ending(), 128 + SIGINT);
}

TEST(ServerProcess, MayOpenAsManyFilesAsTheSystemLetsIt) {
  Child child([](int) {
    rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 99;
    limit.rlim_max = 400;
    limit.rlim_cur = 200;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) return 98;
    ServerProcess process("test", "test", AnyPort());
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 97;
    return limit.rlim_cur == 400 ? 7 : 1;
  });
  EXPECT_EQ(child.Ending(), 7);
}

TEST(ServerProcess, EndsWithoutASignalToo) {
  Child child([](int) {
    ServerProcess process("test", "test", AnyPort());
    return process.Fail(absl::UnavailableError("planned"));
  });
  EXPECT_EQ(child.Ending(), 1);
}

}  // namespace
}  // namespace trebol
