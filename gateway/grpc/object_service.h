#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/async/request_context.h"
#include "common/async/runtime.h"
#include "common/async/semaphore.h"
#include "common/base/limits.h"
#include "common/resilience/retry_after.h"
#include "gateway/object/buckets.h"
#include "gateway/object/client_sessions.h"
#include "gateway/object/copy_object.h"
#include "gateway/object/delete_object.h"
#include "gateway/object/get_object.h"
#include "gateway/object/list_objects.h"
#include "gateway/object/list_uploads.h"
#include "gateway/object/list_versions.h"
#include "gateway/object/multipart.h"
#include "gateway/object/put_object.h"
#include "gateway/object/set_tags.h"
#include "gateway/object/upload_part.h"

namespace grpc {
class Service;
}

namespace trebol {

/// Told of every request that ended: its method, what it was, how long it took, how it ended.
/// Thread-safe and quick.
using RequestObserver = std::function<void(absl::string_view method, const RequestContext& context,
                                           absl::Duration took, const absl::Status& status)>;

/// The operations that the public service offers.
struct ObjectOperations {
  std::shared_ptr<Buckets> buckets;
  std::shared_ptr<PutObject> put;
  std::shared_ptr<GetObject> get;
  std::shared_ptr<DeleteObject> remove;
  std::shared_ptr<CopyObject> copy;
  std::shared_ptr<SetTags> tags;
  std::shared_ptr<ListObjects> list;
  std::shared_ptr<ListVersions> versions;
  std::shared_ptr<Multipart> multipart;
  std::shared_ptr<UploadPart> part;
  std::shared_ptr<ListUploads> uploads;
  /// For the streams of uploads; the chunks themselves have their own.
  std::shared_ptr<Semaphore> stream_memory = Semaphore::Create(64 * kUploadStreamMemory);
  /// One for each request that runs; more are refused as OVERLOADED.
  std::shared_ptr<Semaphore> requests = Semaphore::Create(kMaxRequestsInFlight);
  /// When those who are refused shall come again.
  std::shared_ptr<Turnaround> turnaround = std::make_shared<Turnaround>();
  RequestObserver observer = [](absl::string_view, const RequestContext&, absl::Duration,
                                const absl::Status&) {};
};

/// trebol.v1.ObjectService: decode → operation → encode. Thread-safe; `runtime` outlives it. A
/// client that makes no progress in a stream for `client_idle` is cut off.
std::unique_ptr<grpc::Service> MakeObjectService(Runtime& runtime, ObjectOperations operations,
                                                 absl::Duration client_idle = kClientIdleTimeout);

/// trebol.v1.SessionService.
std::unique_ptr<grpc::Service> MakeSessionService(Runtime& runtime,
                                                  std::shared_ptr<ClientSessions> sessions);

}  // namespace trebol
