#pragma once

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/rpc/identity.h"
#include "tests/fuzz/message_maker.h"
#include "tests/fuzz/score.h"

namespace grpc {
class Channel;
}

namespace trebol {

/// Calls to services as anybody on the network can make them: of any method, with any number of
/// messages, which hold what a maker makes or any bytes.
class WireCalls {
 public:
  /// `services` are full names. Without `identity` calls carry no headers.
  WireCalls(FuzzInput* input, MessageMaker* maker, std::shared_ptr<grpc::Channel> channel,
            const std::vector<std::string>& services, const Identity* identity, Score* score);

  /// One call. Its answers are learned. Checks that it ends, and that a refusal says why.
  void One();

 private:
  using Method = google::protobuf::MethodDescriptor;

  std::string Make(const Method& method);
  std::string MakeBatch(const Method& single);
  absl::Status Call(const Method& method, const std::vector<std::string>& messages,
                    std::vector<std::string>* answers);
  void Learn(const Method& method, const std::string& answer);

  FuzzInput& input_;
  MessageMaker& maker_;
  const std::shared_ptr<grpc::Channel> channel_;
  std::vector<const Method*> methods_;
  const Identity* const identity_;
  Score& score_;
};

}  // namespace trebol
