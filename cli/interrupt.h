#pragma once

#include <signal.h>

#include <atomic>
#include <stop_token>
#include <thread>

namespace trebol::cli {

/// Turns SIGINT, SIGTERM and SIGHUP into a stop request, so that what runs can clean up; one that
/// is ignored when this is made stays so. The process ends by itself at a second signal, or when it
/// has not ended a few seconds after the first. Made before any other thread, which would take the
/// signals otherwise. One a process.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();

  std::stop_token token() const { return source_.get_token(); }

 private:
  void Watch();

  const sigset_t stop_signals_;
  std::stop_source source_;
  std::atomic<bool> over_ = false;
  std::thread watcher_;
};

}  // namespace trebol::cli
