#include "cli/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "cli/exit_code.h"

namespace trebol::cli {
namespace {

constexpr timespec kTimeToCleanUp = {.tv_sec = 3, .tv_nsec = 0};

sigset_t Signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t signals = Signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  watcher_ = std::thread([this] { Watch(); });
}

Interrupt::~Interrupt() {
  over_ = true;
  pthread_kill(watcher_.native_handle(), SIGTERM);  // wakes it
  watcher_.join();
}

void Interrupt::Watch() {
  const sigset_t signals = Signals();
  int signal = 0;
  sigwait(&signals, &signal);
  if (over_) return;
  source_.request_stop();
  sigtimedwait(&signals, nullptr, &kTimeToCleanUp);
  if (!over_) _exit(kInterrupted);
}

}  // namespace trebol::cli
