#pragma once

// Inside of this room only: Asio and OpenSSL are in it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "gateway/s3/http/answer_stream.h"
#include "gateway/s3/http/http_exchange.h"
#include "gateway/s3/http/request_body.h"

namespace trebol {

/// The exchange of one request on a link.
class LinkExchange final : public HttpExchange {
 public:
  LinkExchange(std::shared_ptr<Link> link, ParsedHead head);

  const RequestHead& head() const override { return parsed_.head; }
  bool secure() const override { return link_->wire.secure(); }
  std::string peer() const override { return link_->wire.peer(); }
  RequestContextPtr context() const override { return context_; }
  std::optional<uint64_t> content_length() const override { return parsed_.content_length; }
  Task<Bytes> ReadBody() override;
  bool begun() const override { return answer_.begun(); }
  Task<void> Send(HttpAnswer answer) override;
  Task<void> Begin(HttpAnswer head, std::optional<uint64_t> length) override;
  Task<void> Write(Bytes data) override;
  Task<void> Finish() override;

  enum class After {
    kNext,   // the next request may come
    kClose,  // the answer was the connection's last
    kBreak,  // the client must not take what it got for an answer
  };
  /// When the handler's task has ended: answers if it did not, and reads what it left of the body.
  boost::asio::awaitable<After> Conclude();

 private:
  bool MustClose() const;
  Task<void> SendContinue();

  const std::shared_ptr<Link> link_;
  const ParsedHead parsed_;
  RequestContextPtr context_;
  RequestBody body_;
  AnswerStream answer_;
  bool awaits_continue_;  // the client may send the body only after 100 Continue
};

/// The server's own answer.
HttpAnswer RefusalOf(const HttpServerOptions& options, const HeadRefusal& refusal);

}  // namespace trebol
