#include "gateway/s3/door/s3_door.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "gateway/object/bucket_claims.h"
#include "gateway/s3/auth/key_source.h"
#include "gateway/s3/codec/query_headers.h"
#include "gateway/s3/door/cors_answer.h"
#include "gateway/s3/door/handlers.h"
#include "gateway/s3/door/read_handlers.h"
#include "gateway/s3/error/s3_error.h"

namespace trebol {
namespace {

constexpr absl::string_view kHealth = "/minio/health/";
// For requests that move no bytes of objects: whoever waits longer for those gives up.
constexpr absl::Duration kDocumentTimeout = absl::Seconds(30);

std::string RequestId() { return absl::AsciiStrToUpper(RandomHex(8)); }

HttpHeaders CommonHeaders(const std::string& request_id) {
  return {{"x-amz-request-id", request_id}, {"x-amz-id-2", request_id}, {"Server", "Trebol"}};
}

const std::string& RequestIdOf(const S3Request& request) { return request.headers.front().second; }

bool MovesBytes(S3Operation operation) {
  switch (operation) {
    case S3Operation::kGetObject:
    case S3Operation::kPutObject:
    case S3Operation::kPostObject:
    case S3Operation::kCopyObject:
    case S3Operation::kUploadPart:
    case S3Operation::kUploadPartCopy:
      return true;
    default:
      return false;
  }
}

std::vector<std::string> NamesOf(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<std::string> names;
  names.reserve(pairs.size());
  for (const auto& [name, value] : pairs) names.push_back(name);
  return names;
}

/// The same request to another host.
RequestHead WithHost(RequestHead head, const std::string& host) {
  for (auto& [name, value] : head.headers) {
    if (name == "host") value = host;
  }
  return head;
}

absl::Status NotImplemented(const S3Request& request, absl::string_view parameter) {
  const std::string what = parameter.empty()
                               ? absl::StrCat(request.head().method, " of this")
                               : absl::StrCat(request.head().method, " with the parameter '",
                                              absl::CHexEscape(parameter.substr(0, 100)), "'");
  return S3Only(501, "NotImplemented",
                absl::StrCat("A header or query you provided requested a function that is not "
                             "implemented: ",
                             what));
}

void AddCorsHeaders(S3Request& request) {
  for (auto& header : CorsHeaders(request.bucket.cors(), request.head())) {
    request.headers.push_back(std::move(header));
  }
}

/// A parameter without a value that names no operation here, of a request that changes something:
/// S3 may have one of that name by now, and this is not it.
std::string UnknownOperation(const S3Request& request) {
  const std::string& method = request.head().method;
  if (method == "GET" || method == "HEAD") return "";
  for (const auto& [name, value] : request.target.query.all()) {
    const bool known = name == request.route.query || name == "versionId" ||
                       absl::StartsWithIgnoreCase(name, "x-");
    if (value.empty() && !known) return name;
  }
  return "";
}

bool ChangesObject(const S3Request& request) {
  return request.route.scope == S3Scope::kObject && request.head().method != "GET" &&
         request.head().method != "HEAD";
}

bool IsRead(S3Operation operation) {
  return operation == S3Operation::kGetObject || operation == S3Operation::kHeadObject ||
         operation == S3Operation::kGetObjectAttributes ||
         operation == S3Operation::kGetObjectTagging || operation == S3Operation::kGetObjectAcl;
}

}  // namespace

HttpAnswer RefusalAnswer(int status, std::string code, std::string message) {
  const std::string id = RequestId();
  const S3Error error{status, std::move(code), std::move(message)};
  HttpAnswer answer = XmlAnswer(ErrorXml(error, {.request_id = id, .host_id = id}), status);
  for (auto& header : CommonHeaders(id)) answer.headers.push_back(std::move(header));
  return answer;
}

Task<void> S3Door::Serve(std::shared_ptr<HttpExchange> exchange) {
  if (absl::StartsWith(exchange->head().path, kHealth)) co_return co_await ServeHealth(exchange);
  auto request = std::make_shared<S3Request>();
  request->services = services_;
  request->exchange = exchange;
  request->context = WithClaims(exchange->context());
  request->now = SystemClock().WallTime();
  request->headers = CommonHeaders(RequestId());
  absl::Status status = FindRoute(*request, exchange->head());
  Admission::Request admitted = services_->operations.admission->Begin(
      absl::StrCat("S3.", *request->route.name == '\0' ? "Other" : request->route.name));
  if (status.ok()) status = admitted.status;
  if (status.ok()) status = co_await Run(request);
  absl::Status sent;
  if (!status.ok() && !exchange->begun()) sent = co_await SendError(request, status);
  admitted.end(*request->context, status);
  // Whoever serves the connection breaks off half an answer.
  co_return sent;
}

Task<void> S3Door::ServeHealth(std::shared_ptr<HttpExchange> exchange) {
  absl::string_view which = exchange->head().path;
  absl::ConsumePrefix(&which, kHealth);
  const std::string& method = exchange->head().method;
  HttpAnswer answer;
  if ((method != "GET" && method != "HEAD") ||
      (which != "live" && which != "ready" && which != "cluster")) {
    answer = RefusalAnswer(404, "NoSuchKey", "there are live, ready and cluster, for GET and HEAD");
  } else if (const absl::Status health = options_.health(which); !health.ok()) {
    answer.status = 503;
    answer.body = absl::StrCat(health.message(), "\n");
  }
  co_return co_await exchange->Send(std::move(answer));
}

absl::Status S3Door::FindRoute(S3Request& request, const RequestHead& head) const {
  ASSIGN_OR_RETURN(request.target, ParseRequestTarget(head, options_.domains));
  if (request.target.query.Has("X-Amz-Signature") && head.method != "OPTIONS") {
    ASSIGN_OR_RETURN(request.presigned, WithQueryHeaders(head, request.target.query));
  }
  const S3Scope scope = request.target.bucket.empty() ? S3Scope::kService
                        : request.target.key.empty()  ? S3Scope::kBucket
                                                      : S3Scope::kObject;
  const auto route =
      FindS3Route(head.method, scope, NamesOf(request.target.query.all()),
                  NamesOf(request.presigned ? request.presigned->headers : head.headers));
  if (!route.has_value()) {
    return S3Only(405, "MethodNotAllowed",
                  "The specified method is not allowed against this resource.");
  }
  request.route = *route;
  if (!MovesBytes(request.route.operation)) {
    auto bounded = std::make_shared<RequestContext>(*request.context);
    bounded->deadline = std::min(bounded->deadline, SystemClock().Now() + kDocumentTimeout);
    request.context = std::move(bounded);
  }
  return absl::OkStatus();
}

/// Of a preflight: it is for another request, whose signature it does not have.
Task<void> S3Door::Preflight(std::shared_ptr<S3Request> request) {
  CO_ASSIGN_OR_RETURN(request->bucket, co_await services_->buckets->Recent(request->context,
                                                                           request->target.bucket));
  co_return co_await HandlerOf(request->route.operation)(request);
}

Task<void> S3Door::Run(std::shared_ptr<S3Request> request) {
  if (request->route.operation == S3Operation::kPreflight) co_return co_await Preflight(request);
  const RequestHead& head = request->exchange->head();
  CO_ASSIGN_OR_RETURN(
      const Authenticated who,
      co_await Authenticate(request->context, head, request->now, services_->auth,
                            services_->credentials.get(),
                            request->target.virtual_hosted ? request->target.bucket : ""));
  // The bucket is that of the host that was signed.
  if (who.host != head.Header("host")) {
    CO_RETURN_IF_ERROR(FindRoute(*request, WithHost(head, who.host)));
  }
  request->caller = CallerOf(who.signer);
  request->payload = who.payload;
  CO_RETURN_IF_ERROR(co_await Authorize(request));
  if (const std::string name = UnknownOperation(*request); !name.empty()) {
    co_return NotImplemented(*request, name);
  }
  // Of a variable that was not set: without this, a delete of one version would be of the latest.
  const QueryParameters& query = request->target.query;
  if (query.Has("versionId") && query.Get("versionId").empty()) {
    co_return S3Only(400, "InvalidArgument", "Version id cannot be the empty string");
  }
  // Likewise of an upload: without this, its part would be put instead of the whole object.
  if (query.Has("partNumber") && !query.Has("uploadId") && ChangesObject(*request)) {
    co_return S3Only(400, "InvalidArgument",
                     "partNumber needs the uploadId of the upload whose part it is");
  }
  const auto found = HandlerOf(request->route.operation);
  if (found == nullptr) co_return NotImplemented(*request, request->route.name);
  co_return co_await found(request);
}

Task<void> S3Door::Authorize(std::shared_ptr<S3Request> request) {
  const S3Route& route = request->route;
  if (route.operation == S3Operation::kNotImplemented && !request->is_signed()) {
    co_return S3Only(403, "AccessDenied", "Access Denied.");
  }
  const std::string& name = request->target.bucket;
  if (route.action.has_value()) {
    CO_ASSIGN_OR_RETURN(request->bucket,
                        co_await services_->buckets->FindAllowed(request->context, request->caller,
                                                                 name, *route.action));
    AddCorsHeaders(*request);
    co_return CheckExpectedOwner(*request, "x-amz-expected-bucket-owner", request->bucket);
  }
  // Of a form, which names its own right, browsers show what came of it.
  if (route.operation == S3Operation::kPostObject) {
    CO_ASSIGN_OR_RETURN(request->bucket,
                        co_await services_->buckets->Recent(request->context, name));
    AddCorsHeaders(*request);
  }
  co_return absl::OkStatus();
}

Task<void> S3Door::SendError(std::shared_ptr<S3Request> request, absl::Status status) {
  const S3Error error = ToS3Error(status);
  // Browsers show the page of another site an error, too.
  const bool other_origin = request->head().Count("origin") > 0;
  if (other_origin && request->bucket.name().empty() && !request->target.bucket.empty()) {
    auto bucket = co_await services_->buckets->Recent(request->context, request->target.bucket);
    if (bucket.ok()) {
      request->bucket = *std::move(bucket);
      AddCorsHeaders(*request);
    }
  }
  HttpHeaders headers;
  if (IsRead(request->route.operation)) {
    CO_ASSIGN_OR_RETURN(headers, co_await HeadersOfFailedRead(request, status));
  }
  if (error.http_status == 304) {
    co_return co_await request->Send(EmptyAnswer(304, std::move(headers)));
  }
  const std::string& bucket = request->target.bucket;
  const std::string& key = request->target.key;
  ErrorPlace place{.resource = absl::StrCat("/", bucket, key.empty() ? "" : "/", key),
                   .bucket = bucket,
                   .key = key,
                   .request_id = RequestIdOf(*request),
                   .host_id = RequestIdOf(*request)};
  if (ReasonOf(status) == v1::INVALID_RANGE &&
      request->route.operation == S3Operation::kGetObject) {
    place.range_requested = std::string(request->head().Header("range"));
    place.actual_size = AttachmentOf(status);
  }
  if (ReasonOf(status) == v1::AUTHORIZATION_MALFORMED) {
    place.region = AttachmentOf(status);
    if (!place.region.empty()) headers.emplace_back("x-amz-bucket-region", place.region);
  }
  if (error.retry_after_seconds > 0) {
    headers.emplace_back("Retry-After", absl::StrCat(error.retry_after_seconds));
  }
  HttpAnswer answer = XmlAnswer(ErrorXml(error, place), error.http_status);
  answer.headers.insert(answer.headers.end(), headers.begin(), headers.end());
  co_return co_await request->Send(std::move(answer));
}

}  // namespace trebol
