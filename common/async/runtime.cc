#include "common/async/runtime.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

namespace trebol {

Runtime::Runtime(int threads, Resume resume)
    : here_(resume == Resume::kHere), context_(threads), work_(context_.get_executor()) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { context_.run(); });
  }
}

Runtime::~Runtime() {
  context_.stop();
  for (std::thread& thread : threads_) thread.join();
}

void Runtime::Begin() {
  MutexLock lock(&mutex_);
  ++running_;
}

void Runtime::End() {
  MutexLock lock(&mutex_);
  if (--running_ == 0) idle_.NotifyAll();
}

void Runtime::EndBehindThis() {
  RunScope* const scope = here_ ? RunScope::Current() : nullptr;
  if (scope == nullptr) return End();
  scope->Push([this] { End(); });
}

void Runtime::Drain() {
  MutexLock lock(&mutex_);
  while (running_ > 0) idle_.Wait(&mutex_);
}

Task<void> Sleep(absl::Duration duration) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  timer.expires_after(absl::ToChronoNanoseconds(duration));
  boost::system::error_code error;
  co_await timer.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
  if (error) co_return absl::CancelledError("the wait was cancelled");
  co_return absl::OkStatus();
}

}  // namespace trebol
