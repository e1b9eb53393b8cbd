#include "tests/testing/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <fstream>
#include <functional>
#include <future>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/mutex.h"

namespace trebol {
namespace {

/// The parent-death signal comes when the *thread* that forked ends. So one thread, which ends with
/// the program, does every fork; a test may then restart a server from a thread that is soon over.
class Forker {
 public:
  Forker() { std::thread(&Forker::Loop, this).detach(); }

  pid_t Run(std::function<pid_t()> fork) {
    std::packaged_task<pid_t()> task(std::move(fork));
    std::future<pid_t> pid = task.get_future();
    {
      MutexLock lock(&mutex_);
      tasks_.push_back(std::move(task));
    }
    work_.NotifyOne();
    return pid.get();
  }

 private:
  void Loop() {
    while (true) Next()();
  }

  std::packaged_task<pid_t()> Next() {
    MutexLock lock(&mutex_);
    while (tasks_.empty()) work_.Wait(&mutex_);
    std::packaged_task<pid_t()> task = std::move(tasks_.front());
    tasks_.pop_front();
    return task;
  }

  Mutex mutex_;
  CondVar work_;
  std::deque<std::packaged_task<pid_t()>> tasks_ ABSL_GUARDED_BY(mutex_);
};

Forker& TheForker() {
  static Forker* const forker = new Forker;  // never destroyed: its thread uses it to the end
  return *forker;
}

/// What the child does between fork and exec: only calls that are safe there, so everything that
/// needs memory was prepared before.
struct Launch {
  char* const* argv;
  char* const* environment;
  int log_fd;
  int report_fd;  // receives errno when the program cannot be executed
  bool outlives_us;
  pid_t parent;

  [[noreturn]] void Fail() const {
    const int error = errno;
    [[maybe_unused]] const ssize_t written = write(report_fd, &error, sizeof error);
    _exit(127);
  }

  [[noreturn]] void Run() const {
    if (outlives_us) {
      setsid();
    } else {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(127);  // it died before the line above
    }
    const int null_fd = open("/dev/null", O_RDONLY);
    if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0) Fail();
    if (dup2(log_fd, STDOUT_FILENO) < 0 || dup2(log_fd, STDERR_FILENO) < 0) Fail();
    // Not one descriptor of ours goes along: a pipe held open by a server would hang whoever reads
    // it.
    syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int ignored : {SIGPIPE, SIGINT, SIGTERM, SIGHUP}) signal(ignored, SIG_DFL);
    execve(argv[0], argv, environment);
    Fail();
  }
};

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> EnvironmentOf(const ProcessSpec& spec) {
  std::vector<std::string> result = spec.environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const absl::string_view inherited = *entry;
    const absl::string_view name = inherited.substr(0, inherited.find('='));
    bool wanted = spec.drop_environment_prefix.empty() ||
                  !absl::StartsWith(name, spec.drop_environment_prefix);
    for (const std::string& given : spec.environment) {
      if (absl::StartsWith(given, absl::StrCat(name, "="))) wanted = false;
    }
    if (wanted) result.emplace_back(inherited);
  }
  return result;
}

/// State letter and start time from /proc/PID/stat; nothing when there is no such process.
struct Stat {
  char state;
  uint64_t started;
};

std::optional<Stat> ReadStat(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::stringstream text;
  text << file.rdbuf();
  const std::string line = text.str();
  const size_t name_end = line.rfind(')');  // the name may hold anything, also spaces and brackets
  if (name_end == std::string::npos) return std::nullopt;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(absl::string_view(line).substr(name_end + 1), ' ', absl::SkipEmpty());
  constexpr size_t kState = 0, kStartTime = 19;  // proc(5) fields 3 and 22
  uint64_t started = 0;
  if (fields.size() <= kStartTime || !absl::SimpleAtoi(fields[kStartTime], &started)) {
    return std::nullopt;
  }
  return Stat{fields[kState][0], started};
}

absl::Status ErrnoError(int error, absl::string_view what) {
  return absl::ErrnoToStatus(error, what);
}

}  // namespace

absl::StatusOr<Process> Process::Start(const ProcessSpec& spec) {
  std::vector<std::string> arguments = spec.argv;
  std::vector<std::string> environment = EnvironmentOf(spec);
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> envp = Pointers(environment);

  const int log_fd = open(spec.log_file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log_fd < 0) return ErrnoError(errno, absl::StrCat("cannot open ", spec.log_file));
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0) {
    const int error = errno;
    close(log_fd);
    return ErrnoError(error, "cannot make a pipe");
  }

  const Launch launch{argv.data(), envp.data(), log_fd, report[1], spec.outlives_us, getpid()};
  int fork_error = 0;
  const pid_t pid = TheForker().Run([&launch, &fork_error] {
    const pid_t child = fork();
    if (child == 0) launch.Run();
    if (child < 0) fork_error = errno;
    return child;
  });
  close(log_fd);
  close(report[1]);
  int exec_error = 0;
  ssize_t got = 0;
  do {
    got = read(report[0], &exec_error, sizeof exec_error);  // end of file: the exec closed it
  } while (got < 0 && errno == EINTR);
  close(report[0]);
  if (pid < 0) return ErrnoError(fork_error, "cannot fork");
  if (got > 0) {
    waitpid(pid, nullptr, 0);
    return ErrnoError(exec_error, absl::StrCat("cannot start ", spec.argv[0]));
  }
  // Not reaped yet, so the entry is there even when it has already ended.
  const std::optional<Stat> stat = ReadStat(pid);
  if (!stat.has_value()) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return absl::FailedPreconditionError("/proc is needed and is not mounted");
  }
  return Process(pid, stat->started);
}

Process::State Process::GetState() {
  if (wait_status_.has_value() || pid_ <= 0) return State::kGone;
  const std::optional<Stat> stat = ReadStat(pid_);
  if (!stat.has_value() || stat->started != started_) return State::kGone;
  int status = 0;
  const pid_t reaped = waitpid(pid_, &status, WNOHANG);
  if (reaped == pid_) {
    wait_status_ = status;
    return State::kGone;
  }
  // A child of ours is there until it was reaped, or how it ended would be lost; a zombie that is
  // not ours waits for init.
  const bool ended = stat->state == 'Z' || stat->state == 'X';
  if (ended && reaped < 0) return State::kGone;
  return stat->state == 'T' ? State::kPaused : State::kRunning;
}

absl::Status Process::Signal(int signal) {
  if (GetState() == State::kGone || kill(pid_, signal) != 0) {
    return absl::NotFoundError(absl::StrCat("process ", pid_, " is gone"));
  }
  return absl::OkStatus();
}

absl::Status Process::WaitGone(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (GetState() != State::kGone) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError(
          absl::StrCat("process ", pid_, " still runs after ", absl::FormatDuration(timeout)));
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
  return absl::OkStatus();
}

std::string Process::Ending() const {
  if (!wait_status_.has_value()) return "";
  if (WIFEXITED(*wait_status_)) return absl::StrCat("exit code ", WEXITSTATUS(*wait_status_));
  const int signal = WTERMSIG(*wait_status_);
  return absl::StrCat("signal ", signal, " (", strsignal(signal), ")");
}

bool Process::EndedWell() const {
  return wait_status_.has_value() && WIFEXITED(*wait_status_) && WEXITSTATUS(*wait_status_) == 0;
}

}  // namespace trebol
