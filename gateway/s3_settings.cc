#include "gateway/s3_settings.h"

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/config/endpoint.h"

namespace trebol {
namespace {

std::string Variable(const Environment& environment, const std::string& name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

absl::StatusOr<bool> IsMd5(absl::string_view text) {
  if (text == "md5") return true;
  if (text == "opaque") return false;
  return absl::InvalidArgumentError("it is md5 or opaque");
}

absl::StatusOr<std::string> CheckedEndpoint(absl::string_view text) {
  const auto endpoint = ParseEndpoint(text);
  if (!endpoint.ok()) return endpoint.status();
  return ToString(*endpoint);
}

}  // namespace

void AddS3Settings(OptionSet& options, const std::string& section, S3ServerOptions* settings) {
  options.Group("S3", section);
  options.Add("s3-listen", "HOST:PORT", "Where S3 clients call; port 0: any",
              ParsedValue<std::string>(&settings->listen, CheckedEndpoint, settings->listen));
  options.Add("s3-region", "REGION", "The region that clients are told and sign for",
              TextValue(&settings->region));
  options.Add("s3-domain", "DOMAIN",
              "Buckets are hosts under it: BUCKET.DOMAIN; MINIO_DOMAIN says the same",
              TextListValue(&settings->domains));
  options.Add("external-url", "URL",
              "http[s]://HOST[:PORT] by which S3 clients know it, where a proxy changes Host; "
              "MINIO_SERVER_URL says the same",
              TextValue(&settings->external_url));
  options.Add("s3-etag", "md5|opaque",
              "opaque: no MD5 of uploads that come without one, which is much of their cost",
              ParsedValue<bool>(&settings->md5_etags, IsMd5, "md5"));
  options.Add("tls-cert", "FILE",
              "Serve S3 over TLS: the certificate and its chain (PEM); read again when it changes",
              TextValue(&settings->certificate_file));
  options.Add("tls-key", "FILE", "The key of that certificate (PEM)",
              TextValue(&settings->key_file));
}

absl::Status CompleteS3Settings(const Environment& environment, S3ServerOptions* settings) {
  const std::string domains = Variable(environment, "MINIO_DOMAIN");
  if (settings->domains.empty() && !domains.empty()) {
    settings->domains = absl::StrSplit(domains, ',', absl::SkipWhitespace());
  }
  if (settings->external_url.empty()) {
    settings->external_url = Variable(environment, "MINIO_SERVER_URL");
  }
  if (settings->certificate_file.empty() != settings->key_file.empty()) {
    return absl::InvalidArgumentError(
        "--tls-cert and --tls-key go together: give both, or none for plain HTTP");
  }
  return absl::OkStatus();
}

}  // namespace trebol
