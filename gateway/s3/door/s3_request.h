#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/task.h"
#include "gateway/auth/access.h"
#include "gateway/object/bucket_lookup.h"
#include "gateway/object/object_operations.h"
#include "gateway/s3/auth/authenticate.h"
#include "gateway/s3/auth/credentials.h"
#include "gateway/s3/auth/payload_rule.h"
#include "gateway/s3/codec/request_target.h"
#include "gateway/s3/codec/response_headers.h"
#include "gateway/s3/codec/xml_answers.h"
#include "gateway/s3/door/routes.h"
#include "gateway/s3/http/http_exchange.h"

namespace trebol {

/// What the handlers of the door work with. Thread-safe; shared by all requests.
struct S3Services {
  ObjectOperations operations;
  std::shared_ptr<BucketLookup> buckets;
  Runtime* runtime = nullptr;  // outlives the door
  AuthOptions auth;
  std::shared_ptr<CredentialSource> credentials;
  /// "https://host[:port]" by which clients know this door; empty: as they named it.
  std::string external_url;
  bool md5_etags = true;  // see S3ServerOptions

  /// What a body's etag is to be; nothing: an opaque one.
  std::optional<Md5Etag> EtagOf(const std::optional<std::string>& content_md5) const;
};

/// A request that passed the gate and may do what its route says, on its way to its answer. Used by
/// one task at a time.
struct S3Request {
  std::shared_ptr<const S3Services> services;
  std::shared_ptr<HttpExchange> exchange;
  RequestContextPtr context;
  absl::Time now;
  RequestTarget target;
  S3Route route;
  Caller caller;
  PayloadRule payload;
  v1::BucketRow bucket;  // where the route has one; at most a second old
  HttpHeaders headers;   // that every answer to it has
  /// Of a presigned URL: the head with what stands for headers in the query.
  std::optional<RequestHead> presigned;

  /// What the client asked, as if it had signed by headers; exchange->head() is what it sent.
  const RequestHead& head() const { return presigned ? *presigned : exchange->head(); }
  const ObjectOperations& operations() const { return services->operations; }
  bool is_signed() const { return caller.kind != Caller::Kind::kAnonymous; }
  /// The bucket has versions, or had.
  bool versioned() const { return bucket.versioning() != v1::Bucket::UNVERSIONED; }
  std::string version() const { return std::string(target.query.Get("versionId")); }
  /// "https://host/bucket/key", as the client would name it.
  std::string Location() const;

  /// A whole answer, with the headers that every answer has.
  Task<void> Send(HttpAnswer answer) const;
  /// The beginning of a streamed one.
  Task<void> Begin(HttpAnswer head, std::optional<uint64_t> length) const;
};
using S3RequestPtr = std::shared_ptr<const S3Request>;

/// Answers a request, or says why not before anything was sent.
using S3Handler = Task<void> (*)(S3RequestPtr);

HttpAnswer XmlAnswer(std::string xml, int status = 200);
HttpAnswer EmptyAnswer(int status, HttpHeaders headers = {});

/// The parameter of the query as a number of at most `most` (larger ones are cut to it, as S3
/// does), or `otherwise` where there is none. InvalidArgument for what is no number of 31 bits.
absl::StatusOr<uint32_t> NumberOf(const S3Request& request, absl::string_view parameter,
                                  uint32_t otherwise, uint32_t most);
/// encoding-type: whether it is url. InvalidArgument for another.
absl::StatusOr<bool> IsUrlEncoded(const S3Request& request);

/// A body that is a document: all of it, compared with the signature, Content-MD5 and
/// x-amz-checksum headers where there are any. MaxMessageLengthExceeded beyond `most` bytes; errors
/// of S3Body; BadDigest.
Task<std::string> ReadDocument(S3RequestPtr request, size_t most);
/// Likewise, where those headers say something else than what the document is.
Task<std::string> ReadDocumentAlone(S3RequestPtr request, size_t most);

/// AccessDenied where the header names another owner than the bucket has: the client does not mean
/// this bucket, nor one that replaces it.
absl::Status CheckExpectedOwner(const S3Request& request, absl::string_view header,
                                const v1::BucketRow& bucket);

/// How owners are shown: users by their name.
XmlOwner BucketOwner(const S3Request& request);
XmlOwner CallerAsOwner(const S3Request& request);

}  // namespace trebol
