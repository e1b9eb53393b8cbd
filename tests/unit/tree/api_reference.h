#pragma once

#include <google/protobuf/descriptor.pb.h>

#include <string>

namespace trebol {

/// docs/api.md: the public services, methods and messages with the comments of their protos, which
/// `files` holds (protoc --include_source_info). What it says is only what stands there.
std::string MakeApiReference(const google::protobuf::FileDescriptorSet& files);

}  // namespace trebol
