#include "tests/unit/s3/tls_client.h"

#include <csignal>

#include "absl/strings/match.h"

namespace trebol {
namespace {

SSL_CTX* Context() {
  static SSL_CTX* const context = [] {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL's own socket writes raise it
    return SSL_CTX_new(TLS_client_method());
  }();
  return context;
}

}  // namespace

TlsClient::TlsClient(uint16_t port, int version) : raw_(port) {
  ssl_.reset(SSL_new(Context()));
  SSL_set_min_proto_version(ssl_.get(), version);
  SSL_set_max_proto_version(ssl_.get(), version);
  SSL_set_fd(ssl_.get(), raw_.socket());
  connected_ = SSL_connect(ssl_.get()) == 1;
}

std::string TlsClient::subject() const {
  const std::unique_ptr<X509, decltype(&X509_free)> peer(SSL_get1_peer_certificate(ssl_.get()),
                                                         X509_free);
  char name[256] = "";
  if (peer == nullptr) return name;
  X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name, sizeof name);
  return name;
}

bool TlsClient::Send(const std::string& bytes) {
  return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) > 0;
}

std::string TlsClient::ReadUntil(const std::string& end) {
  std::string got;
  char buffer[16384];
  while (end.empty() || !absl::StrContains(got, end)) {
    const int now = SSL_read(ssl_.get(), buffer, sizeof buffer);
    if (now <= 0) {
      ended_well_ = SSL_get_error(ssl_.get(), now) == SSL_ERROR_ZERO_RETURN;
      break;
    }
    got.append(buffer, static_cast<size_t>(now));
  }
  return got;
}

}  // namespace trebol
