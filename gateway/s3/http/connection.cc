#include "gateway/s3/http/connection.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "common/telemetry/log.h"
#include "gateway/s3/http/link_exchange.h"

namespace trebol {
namespace {

constexpr size_t kHeadBlock = 8 * kKiB;  // most heads with room to spare
constexpr size_t kLeastHeadRead = 512;
constexpr uint64_t kMostLingering = kMiB;  // read after the last answer

using Head = std::variant<ParsedHead, HeadRefusal>;

HeadRefusal TooLarge(const HttpServerOptions& options, const HeadScanner& scanner) {
  if (!scanner.in_headers()) {
    return {414, "URITooLong",
            absl::StrCat("the request line has more than ", options.max_head_bytes, " bytes")};
  }
  return {431, "RequestHeaderSectionTooLarge",
          absl::StrCat("the request line and headers have more than ", options.max_head_bytes,
                       " bytes together")};
}

/// CANCELLED when the client ended the connection or was too slow. A whole head is skipped in the
/// input.
Task<Head> ReadHead(std::shared_ptr<Link> link, bool first) {
  const HttpServerOptions& options = *link->options;
  InputBuffer& input = link->input;
  input.Release();
  if (input.unread().empty()) {
    link->entry.Expect(first ? options.head_timeout : options.idle_timeout);
    CO_RETURN_IF_ERROR(co_await link->wire.AwaitInput());
  }
  link->entry.Expect(options.head_timeout);  // for all of it: bytes that drip in do not extend it
  HeadScanner scanner;
  for (bool skipped = false;;) {
    // RFC 9112 section 2.2: an empty line that old clients send behind a body.
    if (!skipped && absl::StartsWith(input.unread(), "\r\n")) {
      input.Skip(2);
      scanner = HeadScanner();
      skipped = true;
    }
    const absl::string_view unread = input.unread();
    const HeadScanner::State state = scanner.Scan(unread);
    if (state == HeadScanner::State::kBroken) {
      co_return HeadRefusal{400, "InvalidRequest",
                            "a line of the head does not end in CR LF, or has a control character"};
    }
    const bool whole = state == HeadScanner::State::kWhole;
    const size_t size = whole ? scanner.size() : unread.size();
    if (size > options.max_head_bytes || (!whole && size == options.max_head_bytes)) {
      co_return TooLarge(options, scanner);
    }
    if (whole) {
      Head head = ParseHead(unread.substr(0, size), options.max_target_bytes);
      input.Skip(size);
      link->entry.Met();
      co_return head;
    }
    const absl::Span<char> room =
        input.Room(kLeastHeadRead, std::max(kHeadBlock, 2 * unread.size()));
    CO_ASSIGN_OR_RETURN(const size_t got, co_await link->wire.Read(room));
    if (got == 0) co_return absl::CancelledError("the client ended the connection");
    input.Filled(got);
  }
}

/// Reads on for a while before closing: unread bytes would reset the connection, and the client
/// might never see the answer.
Task<void> Linger(std::shared_ptr<Link> link) {
  link->wire.EndSending();
  link->entry.Rests();
  link->entry.Expect(link->options->linger_timeout);
  for (uint64_t read = 0; read < kMostLingering;) {
    link->input.Skip(link->input.unread().size());
    CO_ASSIGN_OR_RETURN(const size_t got,
                        co_await link->wire.Read(link->input.Room(kLeastHeadRead, kHeadBlock)));
    if (got == 0) break;
    link->input.Filled(got);
    read += got;
  }
  co_return absl::OkStatus();
}

Task<void> Refuse(std::shared_ptr<Link> link, HeadRefusal refusal) {
  HttpAnswer answer = RefusalOf(*link->options, refusal);
  AnswerStream stream(*link, {});
  CO_RETURN_IF_ERROR(stream.Begin(answer, answer.body.size(), true));
  CO_RETURN_IF_ERROR(stream.Append(Bytes(std::move(answer.body))));
  CO_RETURN_IF_ERROR(stream.End());
  CO_RETURN_IF_ERROR(co_await stream.Flush());
  co_return co_await Linger(link);
}

boost::asio::awaitable<LinkExchange::After> ServeRequest(
    std::shared_ptr<Link> link, std::shared_ptr<ConnectionSettings> settings, ParsedHead head) {
  const auto exchange = std::make_shared<LinkExchange>(std::move(link), std::move(head));
  const absl::Status served = co_await settings->handler(exchange);
  if (!served.ok() && !absl::IsCancelled(served)) {
    Log(LogLevel::kWarning, "http", "an exchange failed",
        {{"method", exchange->head().method},
         {"peer", exchange->peer()},
         {"why", served.ToString()}});
  }
  co_return co_await exchange->Conclude();
}

}  // namespace

Task<void> ServeConnection(std::shared_ptr<Link> link,
                           std::shared_ptr<ConnectionSettings> settings) {
  link->entry.Expect(link->options->head_timeout);
  if (link->wire.secure()) CO_RETURN_IF_ERROR(co_await link->wire.Handshake());
  for (bool first = true;; first = false) {
    CO_ASSIGN_OR_RETURN(Head head, co_await ReadHead(link, first));
    if (auto* refusal = std::get_if<HeadRefusal>(&head)) {
      ++settings->refused_requests;
      co_return co_await Refuse(link, std::move(*refusal));
    }
    switch (co_await ServeRequest(link, settings, std::move(std::get<ParsedHead>(head)))) {
      case LinkExchange::After::kNext:
        break;
      case LinkExchange::After::kClose:
        co_return co_await Linger(link);
      case LinkExchange::After::kBreak:
        link->wire.BreakOff();
        co_return absl::OkStatus();
    }
    // Who has sent the next request already lets others come first.
    if (!link->input.unread().empty()) co_await boost::asio::post(boost::asio::use_awaitable);
  }
}

}  // namespace trebol
