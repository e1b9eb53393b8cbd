#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/async/task.h"
#include "gateway/s3/door/s3_request.h"
#include "gateway/s3/http/http_exchange.h"

namespace trebol {

/// What serves S3's requests. Every one takes the same way: what it is about, whether there is room
/// for it, who asks (Authenticate), what it asks for (FindS3Route), whether that may be
/// (FindAllowed; what no rule allows is denied), its handler; and an error from anywhere on that
/// way becomes an answer in one place. Thread-safe.
class S3Door {
 public:
  struct Options {
    /// Lower-case names, without ports, under which buckets are hosts.
    std::vector<std::string> domains;
    /// Answers /minio/health/live, ready and cluster, which load balancers ask without a key: OK,
    /// or why not.
    std::function<absl::Status(absl::string_view which)> health;
  };
  S3Door(Options options, std::shared_ptr<const S3Services> services)
      : options_(std::move(options)), services_(std::move(services)) {}

  /// The door outlives it.
  Task<void> Serve(std::shared_ptr<HttpExchange> exchange);

 private:
  Task<void> ServeHealth(std::shared_ptr<HttpExchange> exchange);
  /// Up to the handler, and through it.
  Task<void> Run(std::shared_ptr<S3Request> request);
  Task<void> Preflight(std::shared_ptr<S3Request> request);
  absl::Status FindRoute(S3Request& request, const RequestHead& head) const;
  Task<void> Authorize(std::shared_ptr<S3Request> request);
  Task<void> SendError(std::shared_ptr<S3Request> request, absl::Status status);

  const Options options_;
  const std::shared_ptr<const S3Services> services_;
};

/// The error as S3 tells it, for requests that do not get as far as the door. Pure.
HttpAnswer RefusalAnswer(int status, std::string code, std::string message);

}  // namespace trebol
