#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/async/runtime_executor.h"
#include "common/async/task.h"
#include "common/base/check.h"
#include "common/base/mutex.h"

namespace trebol {

/// What coroutines run on. Thread-safe. Whoever spawned a task sees to it that it ends
/// before what it uses is destroyed; the destructor runs nothing more and joins.
class Runtime {
 public:
  /// Where a coroutine goes on when what it waited for has come.
  enum class Resume {
    kOnThreads,  // of the runtime: it may block them
    kHere,       // where a RunScope is open, else there; it must not block
  };

  explicit Runtime(int threads, Resume resume = Resume::kOnThreads);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  boost::asio::any_io_executor executor() { return RuntimeExecutor(context_, here_); }

  /// Runs `task` to its end; `done` gets its result where the task ended.
  template <typename Result, typename Done>
  void Spawn(boost::asio::awaitable<Result> task, Done done) {
    Begin();
    boost::asio::co_spawn(
        RuntimeExecutor(context_, here_), std::move(task),
        [this, done = std::move(done)](std::exception_ptr failure, Result result) mutable {
          TREBOL_CHECK(failure == nullptr);  // our code throws nothing
          done(std::move(result));
          EndBehindThis();
        });
  }
  template <typename Result>
  void Spawn(boost::asio::awaitable<Result> task) {
    Spawn(std::move(task), [](const Result&) {});
  }

  /// Blocks the calling thread, which must not be one of the runtime's. It may destroy this as soon
  /// as it has the result; so nothing here is touched after that.
  template <typename Result>
  Result BlockOn(boost::asio::awaitable<Result> task) {
    std::promise<Result> promise;
    auto future = promise.get_future();
    // The promise moves along: setting it may outlast the wait for its future.
    boost::asio::co_spawn(
        RuntimeExecutor(context_, here_), std::move(task),
        [promise = std::move(promise)](std::exception_ptr failure, Result result) mutable {
          TREBOL_CHECK(failure == nullptr);
          promise.set_value(std::move(result));
        });
    return future.get();
  }

  /// Waits until every spawned task has ended. Tasks end by their deadlines, and at once when what
  /// they wait for is gone; call it after their front doors are closed.
  void Drain();

 private:
  void Begin();
  void End();
  /// Once what runs on this thread has left the task's frames: who drains may destroy all they use.
  void EndBehindThis();

  Mutex mutex_;
  CondVar idle_;
  uint64_t running_ ABSL_GUARDED_BY(mutex_) = 0;
  const bool here_;
  boost::asio::io_context context_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::vector<std::thread> threads_;
};

/// Suspends for `duration`.
Task<void> Sleep(absl::Duration duration);

}  // namespace trebol
