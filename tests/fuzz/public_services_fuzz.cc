// Whatever clients send to a gateway's port: every method of its services, streams as well, answers
// each call, a refusal says why, and metadata's rows stay whole.
#include <grpcpp/impl/service_type.h>

#include <cstdint>
#include <cstdio>
#include <memory>

#include "common/base/check.h"
#include "common/rpc/rpc_server.h"
#include "gateway/grpc/object_service.h"
#include "tests/fuzz/api_words.h"
#include "tests/fuzz/run_target.h"
#include "tests/fuzz/wire_calls.h"
#include "tests/testing/api_rig.h"
#include "tests/testing/open_gate.h"

namespace trebol {
namespace {

constexpr int kMostCalls = 40;  // what is under them takes longer

class PublicServices {
 public:
  PublicServices(FuzzInput* input, Score* score)
      : input_(*input),
        maker_(input),
        objects_(MakeObjectService(rig_.gateway.runtime, rig_.api, std::make_shared<OpenGate>())),
        sessions_(
            MakeSessionService(rig_.gateway.runtime, rig_.sessions, std::make_shared<OpenGate>())),
        server_(
            *RpcServer::Start("", {objects_.get(), sessions_.get()}, RpcServer::Callers::kClients)),
        calls_(input, &maker_, server_->InProcessChannel(),
               {"trebol.v1.ObjectService", "trebol.v1.SessionService"}, nullptr, score) {
    LearnUpload(&rig_, &maker_);
    LearnApiWords(&maker_);
    maker_.Learn(*rig_.Put("a", "some bytes"));
  }

  void Run() {
    for (int i = 0; i < kMostCalls && !input_.empty(); ++i) {
      calls_.One();
      const absl::Status intact = rig_.catalog->CheckInvariants();
      if (!intact.ok()) std::fprintf(stderr, "%s\n", intact.ToString().c_str());
      TREBOL_CHECK(intact.ok());
    }
  }

 private:
  FuzzInput& input_;
  ApiRig rig_{1};
  MessageMaker maker_;
  const std::unique_ptr<grpc::Service> objects_;
  const std::unique_ptr<grpc::Service> sessions_;
  const std::unique_ptr<RpcServer> server_;
  WireCalls calls_;
};

}  // namespace
}  // namespace trebol

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  return trebol::RunTarget<trebol::PublicServices>(data, size);
}
