#pragma once

#include <boost/asio/execution.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "common/async/run_scope.h"

namespace trebol {

/// Where the coroutines of a Runtime run: its threads, or the thread whose RunScope is open. A
/// standard executor in Asio's sense; thread-safe, a value.
class RuntimeExecutor {
 public:
  /// `here`: in an open RunScope, if there is one.
  RuntimeExecutor(boost::asio::io_context& context, bool here) : context_(&context), here_(here) {}

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept {
    return *context_;
  }
  boost::asio::execution::blocking_t query(boost::asio::execution::blocking_t) const noexcept {
    return may_block_
               ? boost::asio::execution::blocking_t(boost::asio::execution::blocking.possibly)
               : boost::asio::execution::blocking_t(boost::asio::execution::blocking.never);
  }
  RuntimeExecutor require(boost::asio::execution::blocking_t::possibly_t) const noexcept {
    return With(true);
  }
  RuntimeExecutor require(boost::asio::execution::blocking_t::never_t) const noexcept {
    return With(false);
  }
  friend bool operator==(const RuntimeExecutor&, const RuntimeExecutor&) noexcept = default;

  template <typename Function>
  void execute(Function&& function) const {
    RunScope* const scope = here_ ? RunScope::Current() : nullptr;
    if (may_block_ && (scope != nullptr || context_->get_executor().running_in_this_thread())) {
      std::decay_t<Function> now(std::forward<Function>(function));
      now();
    } else if (scope != nullptr) {
      scope->Push(std::forward<Function>(function));
    } else if (here_) {
      boost::asio::post(*context_, [later = std::forward<Function>(function)]() mutable {
        const RunScope scope;
        later();
      });
    } else {
      boost::asio::post(*context_, std::forward<Function>(function));
    }
  }

 private:
  RuntimeExecutor With(bool may_block) const {
    RuntimeExecutor other = *this;
    other.may_block_ = may_block;
    return other;
  }

  boost::asio::io_context* context_;
  bool here_;
  bool may_block_ = true;
};

}  // namespace trebol
