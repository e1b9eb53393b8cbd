#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/cluster_status.h"
#include "client/object_reader.h"
#include "client/types.h"
#include "common/base/limits.h"

namespace trebol::client {

struct ClientOptions {
  /// The gRPC port of a gateway, host:port.
  std::string endpoint = "127.0.0.1:9100";
  /// For a call that is not a transfer, all its attempts together.
  absl::Duration timeout = absl::Seconds(10);
  /// A transfer that moves nothing for this long is given up.
  absl::Duration idle_timeout = kClientIdleTimeout;
  /// One TCP connection feeds about one core; parallel calls are spread over these.
  int connections = 2;
  /// Tries of a call that met UNAVAILABLE, the first included. Only calls that cannot take effect
  /// twice are tried again; the budget of the whole client bounds them too.
  int max_attempts = 4;
  /// A stop request cancels every call of this client and its copies; they end with CANCELLED.
  std::stop_token stop;
};

/// The object store as a C++ program sees it. A value: copies share the connections. Thread-safe.
///
/// Errors are canonical codes with a typed reason (common/base/error.h). UNAVAILABLE,
/// DEADLINE_EXCEEDED and CANCELLED of a write mean unknown: it may have taken effect. Reads are
/// repeated after UNAVAILABLE, writes only while nothing was sent or when the server said that it
/// did nothing.
class Client {
 public:
  /// Checks the form of the options only; the first call connects. INVALID_ARGUMENT.
  static absl::StatusOr<Client> Create(ClientOptions options);

  /// ALREADY_EXISTS, INVALID_ARGUMENT for a bad name.
  absl::StatusOr<Bucket> CreateBucket(const std::string& bucket) const;
  /// NOT_FOUND, FAILED_PRECONDITION for one that is not empty.
  absl::Status DeleteBucket(const std::string& bucket) const;
  absl::StatusOr<Bucket> HeadBucket(const std::string& bucket) const;
  absl::StatusOr<std::vector<Bucket>> ListBuckets() const;

  /// Streams `source` to its end. OK means: every byte is durable on a quorum of nodes and the
  /// CRC32C of what is stored is that of what was sent. The object appears whole or not at all.
  /// Holds two pieces of 1 MiB at most.
  absl::StatusOr<ObjectInfo> PutObject(const std::string& bucket, const std::string& key,
                                       const Source& source,
                                       const PutObjectOptions& options = {}) const;

  /// Starts a read; returns when the first bytes are there. NOT_FOUND, OUT_OF_RANGE.
  absl::StatusOr<ObjectReader> OpenObject(const std::string& bucket, const std::string& key,
                                          const ByteRange& range = {}) const;
  /// OpenObject and everything it gives, into `sink`. What the sink got before an error is a
  /// correct beginning only if the error is not DATA_LOSS.
  absl::StatusOr<ObjectInfo> GetObject(const std::string& bucket, const std::string& key,
                                       const Sink& sink, const ByteRange& range = {}) const;

  absl::StatusOr<ObjectInfo> HeadObject(const std::string& bucket, const std::string& key) const;
  /// True if it existed; deleting what does not exist is no error.
  absl::StatusOr<bool> DeleteObject(const std::string& bucket, const std::string& key) const;

  absl::StatusOr<ListObjectsPage> ListObjects(const ListObjectsRequest& request) const;
  /// Every page from the request's place to the last; ends at the first error of `take`.
  absl::Status ForEachPage(ListObjectsRequest request,
                           const std::function<absl::Status(const ListObjectsPage&)>& take) const;

  absl::StatusOr<ClusterStatus> GetClusterStatus() const;

 private:
  explicit Client(std::shared_ptr<Connection> connection);

  std::shared_ptr<Connection> connection_;
};

}  // namespace trebol::client
