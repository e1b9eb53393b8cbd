#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trebol {

template <typename T>
struct TaskResult {
  using type = absl::StatusOr<T>;
};
template <>
struct TaskResult<void> {
  using type = absl::Status;
};

/// A coroutine that waits on the network. A Task in a signature is the only way to suspend;
/// parameters are passed by value, and no lock is held across co_await.
template <typename T>
using Task = boost::asio::awaitable<typename TaskResult<T>::type>;

/// Suspends until the function that `start` is handed has been called, from any thread, with the
/// result. It must be called exactly once; the coroutine resumes on its own executor, never inside
/// that call, so that the caller may hold what the coroutine will want. `start` must not touch the
/// coroutine's frame after it passed the function on.
template <typename Result, typename Start>
boost::asio::awaitable<Result> SuspendUntil(Start start) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(Result)>(
      [](auto handler, Start start) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        std::function<void(Result)> resume = [shared](Result result) {
          auto executor = boost::asio::get_associated_executor(*shared);
          boost::asio::post(executor, [shared, result = std::move(result)]() mutable {
            std::move (*shared)(std::move(result));
          });
        };
        start(std::move(resume));
      },
      boost::asio::use_awaitable, std::move(start));
}

}  // namespace trebol
