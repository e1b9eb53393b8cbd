#pragma once

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "common/async/request_context.h"
#include "common/async/task.h"
#include "common/base/clock.h"
#include "gateway/auth/access.h"
#include "gateway/auth/key_cache.h"
#include "gateway/grpc/method_access.h"
#include "gateway/object/bucket_lookup.h"

namespace grpc {
class CallbackServerContext;
}

namespace trebol {

/// Who a call says it is from, and the proof it offers. A value.
struct CallClaim {
  std::string method;         // "/trebol.v1.ObjectService/PutObject"
  std::string authorization;  // empty: anonymous
  std::string date;

  static CallClaim Of(const grpc::CallbackServerContext& context, absl::string_view method);
};

/// The one gate of the gRPC door: every public method passes it before it does anything.
/// Thread-safe.
class CallGate {
 public:
  virtual ~CallGate() = default;
  /// Who calls, if they may: the method's row in the table says what that takes. `source`: of a
  /// copy. UNAUTHENTICATED for a signature that cannot be read or is wrong
  /// (AUTHORIZATION_MALFORMED, REQUEST_TIME_SKEWED, ACCESS_KEY_UNKNOWN, ACCESS_KEY_EXPIRED,
  /// SIGNATURE_MISMATCH), PERMISSION_DENIED (ACCESS_DENIED), and errors of BucketLookup.
  virtual Task<Caller> Enter(RequestContextPtr context, CallClaim claim, std::string bucket,
                             std::string source) = 0;
};

/// Signatures as common/sigv4/call_signature.h describes them, with keys that metadata has.
std::shared_ptr<CallGate> MakeCallGate(std::shared_ptr<KeyCache> keys,
                                       std::shared_ptr<BucketLookup> buckets);

}  // namespace trebol
