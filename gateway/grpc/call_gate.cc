#include "gateway/grpc/call_gate.h"

#include <grpcpp/server_context.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"
#include "common/sigv4/call_signature.h"
#include "common/sigv4/sigv4.h"
#include "gateway/s3/auth/key_source.h"
#include "gateway/s3/auth/signature_check.h"
#include "gateway/s3/auth/signature_claim.h"

namespace trebol {
namespace {

std::string Metadata(const grpc::CallbackServerContext& context, absl::string_view name) {
  const auto& metadata = context.client_metadata();
  const auto found = metadata.find(grpc::string_ref(name.data(), name.size()));
  return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
}

constexpr char kContentHash[] = "x-amz-content-sha256";

/// As gRPC says it: nobody knows yet who calls. What S3 calls denied for the form of a signature,
/// such as a date that is missing, is malformed here.
absl::Status Unauthenticated(const absl::Status& why) {
  ErrorReason reason = ReasonOf(why);
  if (reason == v1::ERROR_REASON_UNSPECIFIED || reason == v1::ACCESS_DENIED) {
    reason = v1::AUTHORIZATION_MALFORMED;
  }
  return MakeError(absl::StatusCode::kUnauthenticated, reason, why.message());
}

/// The same of a key that is wrong, with where people set it.
absl::Status WrongKey(const absl::Status& why) {
  return Annotate(Unauthenticated(why),
                  "the key of the call (AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY, or the file "
                  "in TREBOL_CREDENTIALS_FILE) is not accepted");
}

RequestHead HeadOf(const CallClaim& claim) {
  RequestHead head = sigv4::HeadOfCall(claim.method);
  head.headers.emplace_back(std::string(sigv4::kCallDate), claim.date);
  head.headers.emplace_back(std::string(sigv4::kCallAuthorization), claim.authorization);
  return head;
}

/// Signers that are made for S3 sign the hash of the payload as a header too. It is the same for
/// every call, so it need not travel, and need not be signed a second time.
void AddContentHash(const SignatureClaim& claim, RequestHead* head) {
  const auto& names = claim.signed_headers;
  if (std::find(names.begin(), names.end(), kContentHash) == names.end()) return;
  head->headers.emplace_back(kContentHash, std::string(sigv4::kUnsignedPayload));
}

class SignedGate final : public CallGate {
 public:
  SignedGate(std::shared_ptr<KeyCache> keys, std::shared_ptr<BucketLookup> buckets)
      : keys_(std::make_shared<KeySource>(std::move(keys))), buckets_(std::move(buckets)) {}

  Task<Caller> Enter(RequestContextPtr context, CallClaim claim, std::string bucket,
                     std::string source) override {
    const MethodAccess* const access = FindMethodAccess(claim.method);
    if (access == nullptr) {
      co_return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED,
                          absl::StrCat("nobody may call ", claim.method));
    }
    CO_ASSIGN_OR_RETURN(Caller caller, co_await Identify(context, std::move(claim)));
    const absl::Status allowed =
        co_await Allow(std::move(context), caller, access, std::move(bucket), std::move(source));
    if (absl::IsPermissionDenied(allowed) && caller.kind == Caller::Kind::kAnonymous) {
      co_return Annotate(allowed,
                         "the call has no key (AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY; of "
                         "trebol also --credentials FILE or TREBOL_CREDENTIALS_FILE)");
    }
    CO_RETURN_IF_ERROR(allowed);
    co_return caller;
  }

 private:
  Task<void> Allow(RequestContextPtr context, Caller caller, const MethodAccess* access,
                   std::string bucket, std::string source) {
    if (access->signed_only && caller.kind == Caller::Kind::kAnonymous) {
      co_return MakeError(absl::StatusCode::kPermissionDenied, v1::ACCESS_DENIED,
                          "sign it with any key of this cluster");
    }
    if (access->cluster.has_value()) CO_RETURN_IF_ERROR(Allowed(caller, *access->cluster));
    if (access->bucket.has_value()) {
      const auto found = co_await buckets_->FindAllowed(context, caller, bucket, *access->bucket);
      if (ReasonOf(found.status()) == v1::BUCKET_NOT_FOUND && access->repeats_of_gone) {
        v1::BucketRow gone;
        gone.set_name(bucket);
        BucketLookup::Claim(*context, caller, gone, *access->bucket);
      } else {
        CO_RETURN_IF_ERROR(found.status());
      }
    }
    if (access->source.has_value()) {
      CO_RETURN_IF_ERROR(
          (co_await buckets_->FindAllowed(context, caller, std::move(source), *access->source))
              .status());
    }
    co_return absl::OkStatus();
  }

  Task<Caller> Identify(RequestContextPtr context, CallClaim call) {
    if (call.authorization.empty()) co_return Caller();
    const absl::Time now = SystemClock().WallTime();
    RequestHead head = HeadOf(call);
    auto claim = ReadSignatureClaim(head, {}, sigv4::kCallRegion, now, sigv4::kCallService);
    if (!claim.ok()) co_return Unauthenticated(claim.status());
    AddContentHash(**claim, &head);
    if (const absl::Status status = CheckSignedHeaders(**claim, head); !status.ok()) {
      co_return Unauthenticated(status);
    }
    const std::string id = (*claim)->credential.access_key_id;
    const auto key = co_await keys_->Find(std::move(context), id);
    if (!key.ok()) {
      co_return ReasonOf(key.status()) == v1::ACCESS_KEY_EXPIRED ? WrongKey(key.status())
                                                                 : key.status();
    }
    const auto host = CheckSignature(**claim, head, {}, sigv4::kUnsignedPayload,
                                     SecretOrDecoy(*key), /*external_host=*/"");
    if (!CanSign(*key)) co_return WrongKey(UnknownAccessKey(id));
    if (!host.ok()) co_return WrongKey(host.status());
    if (const absl::Status status = CheckNotExpired(**key, now); !status.ok()) {
      co_return WrongKey(status);
    }
    co_return CallerOf({.anonymous = false, .key = **key});
  }

  const std::shared_ptr<KeySource> keys_;
  const std::shared_ptr<BucketLookup> buckets_;
};

}  // namespace

CallClaim CallClaim::Of(const grpc::CallbackServerContext& context, absl::string_view method) {
  return {.method = std::string(method),
          .authorization = Metadata(context, sigv4::kCallAuthorization),
          .date = Metadata(context, sigv4::kCallDate)};
}

std::shared_ptr<CallGate> MakeCallGate(std::shared_ptr<KeyCache> keys,
                                       std::shared_ptr<BucketLookup> buckets) {
  return std::make_shared<SignedGate>(std::move(keys), std::move(buckets));
}

}  // namespace trebol
