#include "gateway/s3/http/link_exchange.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/telemetry/trace_context.h"

namespace trebol {
namespace {

// Of a body that nobody wants: read for the sake of the connection. A new one costs less than more.
constexpr uint64_t kMostLeftBody = 256 * kKiB;

/// Tells the registry of the work before the body may tell it that all was read.
RequestContextPtr BeginWork(Link& link, const RequestHead& head) {
  auto context = std::make_shared<RequestContext>();
  context->deadline = SystemClock().Now() + link.options->request_timeout;
  const auto sent = TraceContext::Parse(head.Header("traceparent"));
  context->trace_parent = (sent.has_value() ? sent->Child() : TraceContext::New()).Format();
  context->peer = link.wire.peer();
  link.entry.Works(context->cancellation);
  return context;
}

}  // namespace

LinkExchange::LinkExchange(std::shared_ptr<Link> link, ParsedHead head)
    : link_(std::move(link)),
      parsed_(std::move(head)),
      context_(BeginWork(*link_, parsed_.head)),
      body_(*link_, parsed_),
      answer_(*link_, {.http_1_1 = parsed_.http_1_1,
                       .keep_alive = parsed_.keep_alive,
                       .is_head = parsed_.head.method == "HEAD"}),
      // Also where there is no body to wait for: releases of botocore take another answer to a
      // request that expects one for the next request's, too.
      awaits_continue_(parsed_.expects_continue) {}

Task<Bytes> LinkExchange::ReadBody() {
  if (awaits_continue_) CO_RETURN_IF_ERROR(co_await SendContinue());
  co_return co_await body_.Next();
}

Task<void> LinkExchange::SendContinue() {
  if (answer_.begun()) {
    co_return absl::InternalError("the answer was begun, so that the client may not send the body");
  }
  awaits_continue_ = false;
  if (!link_->input.unread().empty()) co_return absl::OkStatus();  // it did not wait
  Bytes line("HTTP/1.1 100 Continue\r\n\r\n");
  while (!line.empty()) {
    link_->entry.Expect(link_->options->body_timeout);
    CO_ASSIGN_OR_RETURN(const size_t sent, co_await link_->wire.WriteSome(line));
    line.RemovePrefix(sent);
  }
  link_->entry.Met();
  co_return absl::OkStatus();
}

Task<void> LinkExchange::Send(HttpAnswer answer) {
  CO_RETURN_IF_ERROR(answer_.Begin(answer, answer.body.size(), MustClose()));
  CO_RETURN_IF_ERROR(answer_.Append(Bytes(std::move(answer.body))));
  CO_RETURN_IF_ERROR(answer_.End());
  co_return co_await answer_.Flush();
}

Task<void> LinkExchange::Begin(HttpAnswer head, std::optional<uint64_t> length) {
  CO_RETURN_IF_ERROR(answer_.Begin(head, length, MustClose()));
  if (head.body.empty()) co_return absl::OkStatus();
  co_return co_await Write(Bytes(std::move(head.body)));
}

Task<void> LinkExchange::Write(Bytes data) {
  CO_RETURN_IF_ERROR(answer_.Append(std::move(data)));
  co_return co_await answer_.Flush();
}

Task<void> LinkExchange::Finish() {
  CO_RETURN_IF_ERROR(answer_.End());
  co_return co_await answer_.Flush();
}

bool LinkExchange::MustClose() const {
  // A client that waits for 100 Continue may or may not send the body after another answer.
  return !parsed_.keep_alive || awaits_continue_ || body_.failed() ||
         body_.left() > kMostLeftBody || link_->entry.server_is_ending();
}

boost::asio::awaitable<LinkExchange::After> LinkExchange::Conclude() {
  if (!answer_.begun() && !context_->cancellation->cancelled()) {
    const absl::Status sent = co_await Send(RefusalOf(
        *link_->options, {500, "InternalError", "the server could not answer; its log says why"}));
    if (!sent.ok()) co_return After::kBreak;
  }
  if (!answer_.whole()) co_return After::kBreak;
  if (!link_->entry.Rests() || answer_.closes()) co_return After::kClose;
  for (uint64_t left_out = 0; !body_.whole();) {
    const absl::StatusOr<Bytes> piece = co_await body_.Next();
    if (!piece.ok()) co_return After::kClose;
    left_out += piece->size();
    if (left_out > kMostLeftBody) co_return After::kClose;
  }
  co_return After::kNext;
}

HttpAnswer RefusalOf(const HttpServerOptions& options, const HeadRefusal& refusal) {
  if (options.refuse != nullptr) {
    return options.refuse(refusal.status, refusal.code, refusal.message);
  }
  return {.status = refusal.status,
          .headers = {{"Content-Type", "text/plain; charset=utf-8"}},
          .body = absl::StrCat(refusal.message, "\n")};
}

}  // namespace trebol
