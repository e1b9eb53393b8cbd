#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/sigv4/signer.h"

namespace trebol::bench {

/// One connection to an S3 door, kept alive, that signs what it asks with the key of the
/// environment and leaves bodies unsigned. It blocks, and does no more than a client must. Not
/// thread-safe.
class S3Connection {
 public:
  /// "host:port"
  static absl::StatusOr<S3Connection> Open(const std::string& endpoint);
  ~S3Connection();
  S3Connection(S3Connection&& other) noexcept;
  S3Connection& operator=(S3Connection&&) = delete;

  /// The body of a 2xx, or the error. `path` is encoded already.
  absl::StatusOr<std::string> Ask(const std::string& method, const std::string& path,
                                  const std::string& query = "", absl::string_view body = "");
  /// The same, whose body is read and thrown away: how many bytes it had.
  absl::StatusOr<uint64_t> Drain(const std::string& path);
  /// Sends a request for an object and reads nothing.
  absl::Status Request(const std::string& path);
  /// At most `size` bytes of what comes; 0 at the end.
  absl::StatusOr<size_t> ReadSome(size_t size);

 private:
  S3Connection(int socket, std::string host);
  absl::Status Send(const std::string& method, const std::string& path, const std::string& query,
                    absl::string_view body);
  struct Head {
    int status = 0;
    uint64_t length = 0;
  };
  absl::StatusOr<Head> ReadHead();
  absl::Status Fill();

  int socket_ = -1;
  const std::string host_;
  const sigv4::Signer signer_;
  std::string buffer_;  // what came and was not taken
};

}  // namespace trebol::bench
