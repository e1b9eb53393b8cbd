#pragma once

#include "common/base/ids.h"
#include "trebol/v1/chunk.pb.h"

namespace trebol {

/// Ids as messages carry them. Pure.

inline VersionId VersionIdOf(const v1::VersionId& proto) {
  return VersionId{Generation(proto.generation()), SessionId(proto.session()), proto.sequence()};
}
inline v1::VersionId ToProto(const VersionId& id) {
  v1::VersionId proto;
  proto.set_generation(id.generation.value);
  proto.set_session(id.session.value);
  proto.set_sequence(id.sequence);
  return proto;
}
inline ChunkId ChunkIdOf(const v1::ChunkId& proto) {
  return ChunkId{VersionIdOf(proto.version()), proto.index()};
}
inline v1::ChunkId ToProto(const ChunkId& id) {
  v1::ChunkId proto;
  *proto.mutable_version() = ToProto(id.version);
  proto.set_index(id.index);
  return proto;
}

}  // namespace trebol
