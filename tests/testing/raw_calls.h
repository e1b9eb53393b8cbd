#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trebol/v1/object.grpc.pb.h"

namespace trebol::testing {

/// What a stranger sees: plain generated stubs over a channel that signs with the key of the tests.
std::shared_ptr<grpc::Channel> PlainChannel(const std::string& endpoint);

using Headers = std::vector<std::pair<std::string, std::string>>;

/// With a generous deadline.
std::unique_ptr<grpc::ClientContext> PlainContext(const Headers& headers = {});

/// With Trébol's error detail attached, so that ReasonOf sees it.
absl::Status StatusOf(const grpc::Status& status);

/// One unary call by its stub method.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Call(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                              const Request& request, const Headers& headers = {}) {
  const auto context = PlainContext(headers);
  Response response;
  const grpc::Status status = (stub.*method)(context.get(), request, &response);
  if (!status.ok()) return StatusOf(status);
  return response;
}

/// One message out, one back, of a service whose stub we have not: "/package.Service/Method" and
/// the encoded messages.
absl::StatusOr<std::string> CallByName(const std::shared_ptr<grpc::Channel>& channel,
                                       const std::string& method, const std::string& request,
                                       const Headers& headers = {});

/// Sends these messages as one put and closes the stream.
absl::StatusOr<v1::ObjectInfo> PutMessages(v1::ObjectService::Stub& stub,
                                           const std::vector<v1::PutObjectRequest>& messages);

/// Sends these messages as one part of a multipart upload.
absl::StatusOr<v1::PartInfo> PartMessages(v1::ObjectService::Stub& stub,
                                          const std::vector<v1::UploadPartRequest>& messages);

/// All messages of one get.
absl::StatusOr<std::vector<v1::GetObjectResponse>> GetMessages(v1::ObjectService::Stub& stub,
                                                               const v1::GetObjectRequest& request);

/// The first message of a put.
v1::PutObjectRequest PutHeader(const std::string& bucket, const std::string& key);
v1::PutObjectRequest PutData(std::string data);

}  // namespace trebol::testing
