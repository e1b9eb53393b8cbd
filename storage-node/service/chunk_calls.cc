#include "storage-node/service/chunk_calls.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

constexpr int kMostStats = 10'000;
constexpr int kMostVerified = 64;  // a quarter of a GiB, at the usual size

LogLineage FromProto(const v1::LogPosition& position) {
  return {position.term(), LogIndex(position.index())};
}

GetChunkResult ResultOf(ChunkData chunk) {
  GetChunkResult result;
  result.header.set_crc32c(chunk.crc32c);
  result.header.set_chunk_size(chunk.chunk_size);
  result.data = std::move(chunk.data);
  return result;
}

absl::Status BadArgument(std::string message) {
  return MakeError(absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT, message);
}

v1::StatChunkResponse::State ToProto(ChunkState state) {
  switch (state) {
    case ChunkState::kPresent:
      return v1::StatChunkResponse::PRESENT;
    case ChunkState::kAbsent:
      return v1::StatChunkResponse::ABSENT;
    case ChunkState::kUnknown:
      return v1::StatChunkResponse::UNKNOWN;
    case ChunkState::kCorrupt:
      return v1::StatChunkResponse::CORRUPT;
    case ChunkState::kDeleted:
      return v1::StatChunkResponse::DELETED;
  }
  return v1::StatChunkResponse::UNKNOWN;
}

SessionMarks FromProto(const v1::SessionReport& report) {
  SessionMarks marks;
  marks.generation = Generation(report.generation());
  marks.session = SessionId(report.session());
  marks.decided_below = report.decided_below();
  marks.open.assign(report.open().begin(), report.open().end());
  marks.replicated_below = report.replicated_below();
  marks.owed.assign(report.owed().begin(), report.owed().end());
  return marks;
}

absl::Status CheckPartition(const v1::ChunkId& chunk, const v1::PartitionEntry& entry,
                            const MapView& map) {
  const PartitionId right = PartitionOf(ChunkIdOf(chunk), map.table()->size());
  if (right == PartitionId(entry.partition())) return absl::OkStatus();
  return BadArgument(absl::StrCat("chunk ", ToString(ChunkIdOf(chunk)), " belongs to partition ",
                                  right.value, " and is asked for in ", entry.partition()));
}

/// Reads all of the copy. One that turns out bad is quarantined by that.
absl::StatusOr<ChunkStat> Verified(ChunkStore& store, const ChunkId& id) {
  const absl::Time began = SystemClock().WallTime();
  const bool readable = store.Get(id, 0, 0).ok() || Planted("node.confirms_unread");
  ASSIGN_OR_RETURN(ChunkStat stat, store.Stat(id));
  if (!readable && stat.state == ChunkState::kPresent) stat.state = ChunkState::kUnknown;
  if (readable) stat.verified_since = began;
  return stat;
}

absl::StatusOr<ChunkPut> Admit(MapView& map, const PutChunkCall& call) {
  const v1::PutChunkRequest& request = call.request;
  RETURN_IF_ERROR(map.CheckAddressee(NodeId(request.node())));
  if (call.data.empty() || call.data.size() > kMaxChunkSize) {
    return BadArgument(absl::StrCat("a chunk of ", call.data.size(), " bytes; chunks have 1 to ",
                                    kMaxChunkSize, " bytes"));
  }
  const ChunkId id = ChunkIdOf(request.chunk());
  RETURN_IF_ERROR(map.AdmitWrite(id, PartitionId(request.partition()), Epoch(request.epoch()),
                                 request.has_entry() ? &request.entry() : nullptr,
                                 NodeId(request.hint_for())));
  return ChunkPut{.id = id,
                  .data = call.data,
                  .crc32c = request.crc32c(),
                  .options = {.hint_for = NodeId(request.hint_for()),
                              .from_peer = request.from_peer(),
                              .lineage = FromProto(request.lineage())}};
}

}  // namespace

std::vector<absl::StatusOr<v1::PutChunkResponse>> PutChunks(ChunkStore& store, MapView& map,
                                                            absl::Span<const PutChunkCall> calls) {
  std::vector<absl::StatusOr<v1::PutChunkResponse>> answers(calls.size());
  std::vector<ChunkPut> puts;
  std::vector<size_t> admitted;
  for (size_t i = 0; i < calls.size(); ++i) {
    absl::StatusOr<ChunkPut> put = Admit(map, calls[i]);
    if (!put.ok()) {
      answers[i] = put.status();
      continue;
    }
    admitted.push_back(i);
    puts.push_back(*std::move(put));
  }
  const std::vector<absl::StatusOr<PutResult>> results = store.PutMany(puts);
  for (size_t i = 0; i < admitted.size(); ++i) {
    absl::StatusOr<v1::PutChunkResponse>& answer = answers[admitted[i]];
    if (!results[i].ok()) {
      answer = results[i].status();
      continue;
    }
    answer = v1::PutChunkResponse();
    answer->set_already_stored(*results[i] == PutResult::kAlreadyStored);
  }
  return answers;
}

absl::StatusOr<GetChunkResult> GetChunk(ChunkStore& store, const MapView& map,
                                        const v1::GetChunkRequest& request) {
  RETURN_IF_ERROR(map.CheckAddressee(NodeId(request.node())));
  auto chunk = store.Get(ChunkIdOf(request.chunk()), request.offset(), request.length());
  if (absl::IsNotFound(chunk.status())) {
    map.suspects().Add(PartitionId(request.partition()));
    return map.ExplainMiss(PartitionId(request.partition()), Epoch(request.epoch()),
                           chunk.status());
  }
  RETURN_IF_ERROR(chunk.status());
  return ResultOf(*std::move(chunk));
}

std::optional<GetChunkResult> TryGetChunk(ChunkStore& store, const MapView& map,
                                          const v1::GetChunkRequest& request) {
  if (!map.CheckAddressee(NodeId(request.node())).ok()) return std::nullopt;
  auto chunk = store.TryGet(ChunkIdOf(request.chunk()), request.offset(), request.length());
  if (!chunk.has_value()) return std::nullopt;
  return ResultOf(*std::move(chunk));
}

absl::StatusOr<v1::StatChunkResponse> StatChunk(ChunkStore& store, MapView& map,
                                                const v1::StatChunkRequest& request) {
  RETURN_IF_ERROR(map.CheckAddressee(NodeId(request.node())));
  if (request.chunks_size() > kMostStats) {
    return BadArgument(absl::StrCat(request.chunks_size(), " chunks were asked for; at most ",
                                    kMostStats, " are answered in a call"));
  }
  if (request.verify() && request.chunks_size() > kMostVerified) {
    return BadArgument(absl::StrCat(request.chunks_size(), " chunks were to be verified; at most ",
                                    kMostVerified, " are in a call"));
  }
  if (request.has_at()) RETURN_IF_ERROR(map.AdmitForgetting(request.at()));
  v1::StatChunkResponse response;
  for (const v1::ChunkId& chunk : request.chunks()) {
    ASSIGN_OR_RETURN(ChunkStat stat, store.Stat(ChunkIdOf(chunk)));
    if (stat.state == ChunkState::kPresent) {
      if (request.has_at()) RETURN_IF_ERROR(CheckPartition(chunk, request.at(), map));
      if (request.has_at() || request.verify()) {
        ASSIGN_OR_RETURN(stat, Verified(store, ChunkIdOf(chunk)));
      }
    }
    v1::StatChunkResponse::Entry* entry = response.add_entries();
    entry->set_state(ToProto(stat.state));
    entry->set_size(stat.size);
    entry->set_crc32c(stat.crc32c);
    entry->set_hint_for(stat.hint_for.value);
    if (stat.verified_since != absl::InfinitePast()) {
      entry->set_verified_us(absl::ToUnixMicros(stat.verified_since));
    }
  }
  return response;
}

absl::StatusOr<v1::DeleteVersionsResponse> DeleteVersions(
    ChunkStore& store, const MapView& map, const v1::DeleteVersionsRequest& request) {
  RETURN_IF_ERROR(map.CheckAddressee(NodeId(request.node())));
  RETURN_IF_ERROR(map.AdmitDelete(Epoch(request.map_epoch())));
  std::vector<VersionId> versions;
  for (const v1::VersionId& version : request.versions()) versions.push_back(VersionIdOf(version));
  ASSIGN_OR_RETURN(const DeleteResult result, store.DeleteVersions(versions));
  v1::DeleteVersionsResponse response;
  response.set_freed_bytes(result.bytes);
  response.set_freed_chunks(result.chunks);
  return response;
}

absl::StatusOr<v1::ReportSessionResponse> ReportSession(ChunkStore& store, const MapView& map,
                                                        const v1::ReportSessionRequest& request) {
  RETURN_IF_ERROR(map.CheckAddressee(NodeId(request.node())));
  RETURN_IF_ERROR(store.RecordSession(FromProto(request.session()), FromProto(request.lineage())));
  return v1::ReportSessionResponse();
}

}  // namespace trebol
