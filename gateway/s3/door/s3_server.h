#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/async/runtime.h"
#include "gateway/auth/key_cache.h"
#include "gateway/object/bucket_lookup.h"
#include "gateway/object/object_operations.h"

namespace trebol {

struct S3ServerOptions {
  std::string listen = "127.0.0.1:9000";
  /// PEM files, both or none; none: plain HTTP. They are read again when they change.
  std::string certificate_file;
  std::string key_file;
  std::string region = "us-east-1";
  /// Names under which buckets are hosts (bucket.DOMAIN).
  std::vector<std::string> domains;
  /// "http[s]://HOST[:PORT]" by which clients know this door, where a proxy in front of it changes
  /// Host; empty: none does.
  std::string external_url;
  /// ETags of what is put through this door are the MD5 of its bytes, which takes longer than all
  /// the rest of a large put. Otherwise only of bodies that come with a Content-MD5, and the others
  /// have opaque ones.
  bool md5_etags = true;
};

/// The S3 door on its port. Thread-safe.
class S3Server {
 public:
  struct Needs {
    ObjectOperations operations;
    std::shared_ptr<BucketLookup> buckets;
    std::shared_ptr<KeyCache> keys;
    /// Answers for "live", "ready" and "cluster".
    std::function<absl::Status(absl::string_view which)> health;
  };
  /// Serves from here on. `runtime` outlives it. INVALID_ARGUMENT for an option that means nothing;
  /// errors of HttpServer::Start.
  static absl::StatusOr<std::unique_ptr<S3Server>> Start(Runtime& runtime,
                                                         const S3ServerOptions& options,
                                                         Needs needs);
  ~S3Server();

  /// "host:port", with the port that was got.
  std::string endpoint() const;
  bool secure() const;
  /// Lets requests that run end for `grace`, then cuts them off. Blocks.
  void Shutdown(absl::Duration grace);

 private:
  struct State;
  explicit S3Server(std::unique_ptr<State> state);

  const std::unique_ptr<State> state_;
};

}  // namespace trebol
