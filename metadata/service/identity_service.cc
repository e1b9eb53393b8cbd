#include <utility>

#include "common/base/status_macros.h"
#include "metadata/service/metadata_service.h"
#include "trebol/v1/identity.grpc.pb.h"

namespace trebol {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class IdentityService final : public v1::IdentityService::CallbackService {
 public:
  IdentityService(InternalDoor door, Catalog& catalog)
      : door_(std::move(door)), catalog_(catalog) {}

  ServerUnaryReactor* LookupAccessKey(CallbackServerContext* context,
                                      const v1::LookupAccessKeyRequest* request,
                                      v1::LookupAccessKeyResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, catalog_.LookupAccessKey(*request));
      return absl::OkStatus();
    });
  }

  ServerUnaryReactor* ReadAccessKeys(CallbackServerContext* context,
                                     const v1::ReadAccessKeysRequest* request,
                                     v1::ReadAccessKeysResponse* response) override {
    return door_.Serve(context, [this, request, response](const RequestContextPtr&) {
      ASSIGN_OR_RETURN(*response, catalog_.ReadAccessKeys(*request));
      return absl::OkStatus();
    });
  }

 private:
  const InternalDoor door_;
  Catalog& catalog_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeIdentityService(InternalDoor door, Catalog& catalog) {
  return std::make_unique<IdentityService>(std::move(door), catalog);
}

}  // namespace trebol
