#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/base/check.h"
#include "common/sigv4/sigv4.h"
#include "gateway/s3/auth/authenticate.h"
#include "gateway/s3/auth/credentials.h"
#include "gateway/s3/error/s3_error.h"
#include "tests/unit/sigv4/aws_examples.h"

namespace trebol {

/// Runs a task that waits for nothing.
template <typename Answer>
Answer RunNow(boost::asio::awaitable<Answer> task) {
  boost::asio::io_context context;
  std::optional<Answer> answer;
  boost::asio::co_spawn(context, std::move(task), [&](std::exception_ptr failure, Answer result) {
    TREBOL_CHECK(failure == nullptr);
    answer = std::move(result);
  });
  context.run();
  TREBOL_CHECK(answer.has_value());
  return *std::move(answer);
}

/// Keys in memory. The key of AWS' examples is among them.
class FixedKeys : public CredentialSource {
 public:
  FixedKeys() {
    const sigv4::Credentials example = sigv4::ExampleCredentials();
    Add({example.access_key_id, example.secret, "alice", "Alice", std::nullopt, true});
  }

  void Add(AccessKey key) { keys_[key.id] = key; }
  void Fail(absl::Status status) { failure_ = std::move(status); }
  int asked() const { return asked_; }

  Task<std::optional<AccessKey>> Find(RequestContextPtr, std::string id) override {
    ++asked_;
    if (!failure_.ok()) co_return failure_;
    const auto found = keys_.find(id);
    if (found == keys_.end()) co_return std::nullopt;
    co_return found->second;
  }

 private:
  std::map<std::string, AccessKey> keys_;
  absl::Status failure_;
  int asked_ = 0;
};

/// The gate with those keys, at the time of AWS' examples unless told otherwise.
struct AuthRig {
  FixedKeys keys;
  AuthOptions options;
  absl::Time now = sigv4::ExampleTime();

  absl::StatusOr<Authenticated> Try(const RequestHead& head) {
    return RunNow(Authenticate(BackgroundContext(), head, now, options, &keys));
  }
  /// The S3 code of the refusal; "" when the request passes, "anonymous" when it does so as nobody.
  std::string CodeOf(const RequestHead& head) {
    const auto result = Try(head);
    if (result.ok()) return result->signer.anonymous ? "anonymous" : "";
    return ToS3Error(result.status()).code;
  }
  std::string MessageOf(const RequestHead& head) {
    return std::string(Try(head).status().message());
  }
};

inline sigv4::Signer ExampleSigner(std::string region = "us-east-1") {
  return sigv4::Signer(sigv4::ExampleCredentials(), std::move(region));
}

/// The head, signed at the time of the examples.
inline RequestHead Signed(RequestHead head,
                          absl::string_view payload_hash = sigv4::kUnsignedPayload,
                          std::string region = "us-east-1") {
  TREBOL_CHECK(
      ExampleSigner(std::move(region)).Sign(sigv4::ExampleTime(), payload_hash, &head).ok());
  return head;
}
inline RequestHead Presigned(RequestHead head, absl::Duration validity = absl::Hours(24)) {
  auto query = ExampleSigner().Presign(sigv4::ExampleTime(), validity, head);
  TREBOL_CHECK(query.ok());
  head.query = *std::move(query);
  return head;
}

/// GET /bucket/key of host "s3.example".
inline RequestHead PlainGet() { return {"GET", "/bucket/key", "", {{"host", "s3.example"}}}; }

/// Gives the (first) header another value; adds it where there is none.
inline void SetHeader(RequestHead* head, absl::string_view name, std::string value) {
  for (auto& [key, old] : head->headers) {
    if (key != name) continue;
    old = std::move(value);
    return;
  }
  head->headers.emplace_back(std::string(name), std::move(value));
}
inline void RemoveHeader(RequestHead* head, absl::string_view name) {
  std::erase_if(head->headers, [&](const auto& header) { return header.first == name; });
}
/// Replaces the first occurrence, which there must be.
inline void Replace(std::string* text, absl::string_view from, absl::string_view to) {
  const size_t at = text->find(std::string(from));
  TREBOL_CHECK(at != std::string::npos);
  text->replace(at, from.size(), std::string(to));
}
inline void ReplaceInHeader(RequestHead* head, absl::string_view name, absl::string_view from,
                            absl::string_view to) {
  std::string value(head->Header(name));
  Replace(&value, from, to);
  SetHeader(head, name, value);
}

}  // namespace trebol
