#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "tests/unit/http/raw_client.h"

namespace trebol {

/// A TLS connection to a port of this machine that believes any certificate.
class TlsClient {
 public:
  /// `version` TLS1_2_VERSION or TLS1_3_VERSION.
  explicit TlsClient(uint16_t port, int version = TLS1_3_VERSION);

  bool connected() const { return connected_; }
  /// Of the server's certificate.
  std::string subject() const;
  bool Send(const std::string& bytes);
  std::string ReadUntil(const std::string& end);
  std::string ReadAll() { return ReadUntil(""); }
  /// After a read that ended: by TLS's own end, so that nothing can have been cut off.
  bool ended_well() const { return ended_well_; }
  void SendEnd() { SSL_shutdown(ssl_.get()); }
  /// The connection stays, and can do nothing any more: what is left is the server's memory.
  void Forget() { ssl_ = nullptr; }

 private:
  RawClient raw_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
  bool connected_ = false;
  bool ended_well_ = false;
};

}  // namespace trebol
