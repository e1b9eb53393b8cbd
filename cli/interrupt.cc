#include "cli/interrupt.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "cli/exit_code.h"

namespace trebol::cli {
namespace {

constexpr timespec kTimeToCleanUp = {.tv_sec = 3, .tv_nsec = 0};

// Our own, so that the watcher can be woken whatever is ignored.
constexpr int kWakeUp = SIGUSR1;

/// What asks for an end. Not what is ignored, as SIGHUP is under nohup: Linux keeps a blocked
/// signal for whoever waits for it even so.
sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action;
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) continue;
    sigaddset(&signals, signal);
  }
  return signals;
}

}  // namespace

Interrupt::Interrupt() : stop_signals_(StopSignals()) {
  sigset_t blocked = stop_signals_;
  sigaddset(&blocked, kWakeUp);
  pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
  watcher_ = std::thread([this] { Watch(); });
}

Interrupt::~Interrupt() {
  over_ = true;
  pthread_kill(watcher_.native_handle(), kWakeUp);
  watcher_.join();
}

void Interrupt::Watch() {
  sigset_t signals = stop_signals_;
  sigaddset(&signals, kWakeUp);
  int signal = kWakeUp;
  while (signal == kWakeUp) {
    sigwait(&signals, &signal);
    if (over_) return;
  }
  source_.request_stop();
  sigtimedwait(&signals, nullptr, &kTimeToCleanUp);
  if (!over_) _exit(kInterrupted);
}

}  // namespace trebol::cli
