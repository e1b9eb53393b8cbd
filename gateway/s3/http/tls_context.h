#pragma once

// Inside of this room only: OpenSSL is in it.

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"

namespace trebol {

/// The certificate of a server, read again when others renewed it. Thread-safe.
class TlsContext {
 public:
  /// INVALID_ARGUMENT with the file and the reason if the two cannot be used.
  static absl::StatusOr<std::unique_ptr<TlsContext>> Load(std::string certificate_file,
                                                          std::string key_file);
  /// For new connections; those that there are keep theirs.
  std::shared_ptr<SSL_CTX> current();
  /// Reads the files if they changed. What cannot be used is logged once and changes nothing.
  void Refresh();

 private:
  TlsContext(std::string certificate_file, std::string key_file);

  const std::string certificate_file_;
  const std::string key_file_;
  std::string seen_;  // what the files looked like; used by Refresh only
  Mutex mutex_;
  std::shared_ptr<SSL_CTX> current_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol
