#include "client/internal/call_signer.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/client_interceptor.h>

#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/sigv4/call_signature.h"
#include "common/sigv4/signer.h"
#include "common/sigv4/sigv4.h"

namespace trebol::client {
namespace {

using grpc::experimental::ClientInterceptorFactoryInterface;
using grpc::experimental::ClientRpcInfo;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;

class Signature final : public Interceptor {
 public:
  Signature(const sigv4::Signer& signer, std::string method)
      : signer_(signer), method_(std::move(method)) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      RequestHead head = sigv4::HeadOfCall(method_);
      // What is wrong with it, the gateway says.
      (void)signer_.Sign(absl::Now(), sigv4::kUnsignedPayload, &head);
      for (const absl::string_view name : {sigv4::kCallDate, sigv4::kCallAuthorization}) {
        methods->GetSendInitialMetadata()->emplace(std::string(name), head.Header(name));
      }
    }
    methods->Proceed();
  }

 private:
  const sigv4::Signer& signer_;
  const std::string method_;
};

class SignatureFactory final : public ClientInterceptorFactoryInterface {
 public:
  SignatureFactory(const std::string& id, const std::string& secret)
      : signer_({id, secret}, std::string(sigv4::kCallRegion), std::string(sigv4::kCallService)) {}
  Interceptor* CreateClientInterceptor(ClientRpcInfo* info) override {
    return new Signature(signer_, info->method());
  }

 private:
  const sigv4::Signer signer_;
};

}  // namespace

std::shared_ptr<grpc::Channel> DialSigned(const std::string& endpoint,
                                          const grpc::ChannelArguments& arguments,
                                          const std::string& access_key_id,
                                          const std::string& secret_access_key) {
  std::vector<std::unique_ptr<ClientInterceptorFactoryInterface>> interceptors;
  if (!access_key_id.empty()) {
    interceptors.push_back(std::make_unique<SignatureFactory>(access_key_id, secret_access_key));
  }
  return grpc::experimental::CreateCustomChannelWithInterceptors(
      endpoint, grpc::InsecureChannelCredentials(), arguments, std::move(interceptors));
}

}  // namespace trebol::client
