#pragma once

// Inside the client library only: this header brings in gRPC.

#include <grpcpp/channel.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

namespace trebol::client {

/// A channel to a gateway on which every call is signed as common/sigv4/call_signature.h describes
/// it, at the time when it begins; with an empty key none is.
std::shared_ptr<grpc::Channel> DialSigned(const std::string& endpoint,
                                          const grpc::ChannelArguments& arguments,
                                          const std::string& access_key_id,
                                          const std::string& secret_access_key);

}  // namespace trebol::client
