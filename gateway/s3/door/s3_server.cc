#include "gateway/s3/door/s3_server.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/status_macros.h"
#include "common/config/endpoint.h"
#include "gateway/s3/auth/key_source.h"
#include "gateway/s3/door/s3_door.h"
#include "gateway/s3/http/http_server.h"

namespace trebol {
namespace {

/// Host and port of a URL; the port is left out where it is the scheme's.
absl::StatusOr<std::string> HostOf(const std::string& url) {
  absl::string_view host = url;
  const bool tls = absl::ConsumePrefix(&host, "https://");
  if (!tls && !absl::ConsumePrefix(&host, "http://")) {
    return absl::InvalidArgumentError(
        absl::StrCat("the external URL '", url, "' does not begin with http:// or https://"));
  }
  absl::ConsumeSuffix(&host, "/");
  if (host.empty() || absl::StrContains(host, '/') || absl::StrContains(host, '@')) {
    return absl::InvalidArgumentError(
        absl::StrCat("the external URL '", url, "' is not http[s]://HOST[:PORT]"));
  }
  absl::ConsumeSuffix(&host, tls ? ":443" : ":80");
  return absl::AsciiStrToLower(host);
}

absl::StatusOr<std::vector<std::string>> CheckDomains(const std::vector<std::string>& domains) {
  std::vector<std::string> checked;
  for (const std::string& domain : domains) {
    if (domain.empty() || absl::StrContains(domain, '/') || absl::StrContains(domain, ':')) {
      return absl::InvalidArgumentError(
          absl::StrCat("the S3 domain '", domain,
                       "' is no name of a host; leave out scheme, port "
                       "and path"));
    }
    checked.push_back(absl::AsciiStrToLower(domain));
  }
  return checked;
}

}  // namespace

struct S3Server::State {
  std::unique_ptr<S3Door> door;
  bool secure = false;
  std::unique_ptr<HttpServer> http;  // last: it uses the door
};

S3Server::S3Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
S3Server::~S3Server() = default;

absl::StatusOr<std::unique_ptr<S3Server>> S3Server::Start(Runtime& runtime,
                                                          const S3ServerOptions& options,
                                                          Needs needs) {
  auto services = std::make_shared<S3Services>();
  services->operations = std::move(needs.operations);
  services->buckets = std::move(needs.buckets);
  services->runtime = &runtime;
  services->auth.region = options.region;
  services->md5_etags = options.md5_etags;
  if (!options.external_url.empty()) {
    ASSIGN_OR_RETURN(services->auth.external_host, HostOf(options.external_url));
    services->external_url = std::string(absl::StripSuffix(options.external_url, "/"));
  }
  services->credentials = std::make_shared<KeySource>(std::move(needs.keys));
  S3Door::Options door;
  ASSIGN_OR_RETURN(door.domains, CheckDomains(options.domains));
  door.health = std::move(needs.health);

  auto state = std::make_unique<State>();
  state->door = std::make_unique<S3Door>(std::move(door), std::move(services));
  state->secure = !options.certificate_file.empty();
  HttpServerOptions http;
  ASSIGN_OR_RETURN(http.endpoint, ParseEndpoint(options.listen));
  http.certificate_file = options.certificate_file;
  http.key_file = options.key_file;
  http.refuse = RefusalAnswer;
  ASSIGN_OR_RETURN(state->http, HttpServer::Start(runtime, std::move(http),
                                                  [door = state->door.get()](auto exchange) {
                                                    return door->Serve(std::move(exchange));
                                                  }));
  return std::unique_ptr<S3Server>(new S3Server(std::move(state)));
}

std::string S3Server::endpoint() const { return ToString(state_->http->endpoint()); }
bool S3Server::secure() const { return state_->secure; }
void S3Server::Shutdown(absl::Duration grace) { state_->http->Shutdown(grace); }

}  // namespace trebol
