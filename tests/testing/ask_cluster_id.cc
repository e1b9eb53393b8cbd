#include "tests/testing/ask_cluster_id.h"

#include <chrono>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/internal/call_signer.h"
#include "grpcpp/grpcpp.h"
#include "trebol/v1/admin.grpc.pb.h"

namespace trebol {

absl::StatusOr<std::string> AskClusterId(absl::string_view gateway, const AccessPair& key,
                                         absl::Time deadline) {
  const std::unique_ptr<v1::AdminService::Stub> admin = v1::AdminService::NewStub(
      client::DialSigned(std::string(gateway), grpc::ChannelArguments(), key.id, key.secret));
  std::string answer;
  do {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
    v1::ClusterStatus cluster;
    const grpc::Status status =
        admin->GetClusterStatus(&context, v1::GetClusterStatusRequest(), &cluster);
    if (status.ok() && !cluster.cluster_id().empty()) return cluster.cluster_id();
    answer = status.ok() ? "no cluster id in its answer" : status.error_message();
    absl::SleepFor(absl::Milliseconds(100));
  } while (absl::Now() < deadline);
  return absl::UnavailableError(
      absl::StrCat("gateway ", gateway, " does not tell which cluster it serves: ", answer));
}

}  // namespace trebol
