#include "gateway/s3/http/tls_context.h"

#include <openssl/err.h>
#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/telemetry/log.h"

namespace trebol {
namespace {

/// Changes whenever a file is written or replaced.
std::string LookOf(const std::string& file) {
  struct stat found = {};
  if (stat(file.c_str(), &found) != 0) return "absent";
  return absl::StrCat(found.st_ino, " ", found.st_size, " ", found.st_mtim.tv_sec, " ",
                      found.st_mtim.tv_nsec);
}

absl::Status Unusable(const std::string& file, absl::string_view what) {
  const unsigned long error = ERR_peek_last_error();
  char reason[256] = "";
  if (error != 0) ERR_error_string_n(error, reason, sizeof reason);
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrCat(file, " ", what, " (", reason, ")"));
}

absl::StatusOr<std::shared_ptr<SSL_CTX>> Read(const std::string& certificate,
                                              const std::string& key) {
  ERR_clear_error();
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (context == nullptr) return absl::InternalError("OpenSSL makes no context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // An idle connection holds no record buffers, and the server no sessions.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    return Unusable(certificate, "is no PEM file with a certificate chain");
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return Unusable(key, absl::StrCat("is no PEM file with the key of ", certificate));
  }
  return context;
}

}  // namespace

TlsContext::TlsContext(std::string certificate_file, std::string key_file)
    : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}

absl::StatusOr<std::unique_ptr<TlsContext>> TlsContext::Load(std::string certificate_file,
                                                             std::string key_file) {
  std::unique_ptr<TlsContext> result(
      new TlsContext(std::move(certificate_file), std::move(key_file)));
  result->seen_ = absl::StrCat(LookOf(result->certificate_file_), ", ", LookOf(result->key_file_));
  ASSIGN_OR_RETURN(std::shared_ptr<SSL_CTX> context,
                   Read(result->certificate_file_, result->key_file_));
  MutexLock lock(&result->mutex_);
  result->current_ = std::move(context);
  return result;
}

std::shared_ptr<SSL_CTX> TlsContext::current() {
  MutexLock lock(&mutex_);
  return current_;
}

void TlsContext::Refresh() {
  // Looked at before they are read: a change in between is seen the next time.
  std::string now = absl::StrCat(LookOf(certificate_file_), ", ", LookOf(key_file_));
  if (now == seen_) return;
  seen_ = std::move(now);
  auto context = Read(certificate_file_, key_file_);
  if (!context.ok()) {
    Log(LogLevel::kWarning, "http", "the old certificate stays in use",
        {{"why", context.status().message()}});
    return;
  }
  Log(LogLevel::kInfo, "http", "certificate renewed", {{"file", certificate_file_}});
  MutexLock lock(&mutex_);
  current_ = *std::move(context);
}

}  // namespace trebol
