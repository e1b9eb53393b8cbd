#include "gateway/object/body_store.h"

#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/async/one_shot.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"
#include "common/checksum/hasher.h"
#include "gateway/object/attempt.h"
#include "gateway/object/chunked_body.h"

namespace trebol {
namespace {

constexpr size_t kChunksInFlight = 4;

absl::Status Bad(ErrorReason reason, std::string message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}

absl::Status CheckLength(const BodyStore::Announced& announced, uint64_t received, bool ended) {
  if (received > announced.most) {
    return Bad(v1::OBJECT_TOO_LARGE, absl::StrCat("'", announced.name, "' is longer than ",
                                                  announced.most, " bytes, the most allowed"));
  }
  if (!announced.length.has_value()) return absl::OkStatus();
  if (received > *announced.length || (ended && received < *announced.length)) {
    return Bad(
        v1::BODY_LENGTH_MISMATCH,
        absl::StrCat("the body of '", announced.name, "' has ", received, ended ? "" : " or more",
                     " bytes and ", *announced.length, " were announced; send it again"));
  }
  return absl::OkStatus();
}

absl::Status CheckCrc32c(const BodyStore::Announced& announced, std::optional<uint32_t> trailing,
                         uint32_t received) {
  for (const auto& expected : {announced.crc32c, trailing}) {
    if (expected.has_value() && *expected != received) {
      return Bad(
          v1::CHECKSUM_MISMATCH,
          absl::StrFormat("the body of '%s' arrived with CRC32C %08x and %08x was announced; "
                          "send it again",
                          announced.name, received, *expected));
    }
  }
  return absl::OkStatus();
}

// Of one algorithm: what was announced at first or at the end, against what was computed.
absl::Status CheckSum(const BodyStore::Announced& announced, const v1::Checksum& computed,
                      const google::protobuf::RepeatedPtrField<v1::Checksum>& said) {
  for (const v1::Checksum& expected : said) {
    if (expected.algorithm() != computed.algorithm() || expected.value().empty()) continue;
    if (expected.value() == computed.value()) continue;
    return Bad(
        v1::CHECKSUM_MISMATCH,
        absl::StrCat("the body of '", announced.name, "' arrived with ",
                     ChecksumName(computed.algorithm()), " ",
                     absl::BytesToHexString(computed.value()), " and ",
                     absl::BytesToHexString(expected.value()), " was announced; send it again"));
  }
  return absl::OkStatus();
}

bool Names(const google::protobuf::RepeatedPtrField<v1::Checksum>& checksums,
           v1::Checksum::Algorithm algorithm) {
  return std::any_of(checksums.begin(), checksums.end(),
                     [algorithm](const v1::Checksum& c) { return c.algorithm() == algorithm; });
}

// What the header did not name was not computed, and cannot be compared.
absl::Status CheckTrailer(const BodyStore::Announced& announced,
                          const v1::PutObjectRequest::Trailer& trailer) {
  for (const v1::Checksum& said : trailer.checksums()) {
    if (said.algorithm() == v1::Checksum::CRC32C || Names(announced.checksums, said.algorithm())) {
      continue;
    }
    return Bad(v1::INVALID_CHECKSUM,
               absl::StrCat("a ", ChecksumName(said.algorithm()), " of '", announced.name,
                            "' came after its body, and the header named none; name the algorithm "
                            "there"));
  }
  return absl::OkStatus();
}

}  // namespace

/// What is known of an upload while its chunks travel.
struct BodyStore::Upload {
  Announced announced;
  VersionId version;
  uint32_t chunk_size = 0;
  // Of the chunks begun: what may have been written.
  uint32_t chunks = 0;
  uint64_t size = 0;
  uint32_t crc32c = 0;
  std::vector<std::pair<v1::Checksum::Algorithm, Hasher>> hashers;
  std::optional<Hasher> md5;  // of the etag
  std::deque<std::shared_ptr<OneShot<absl::Status>>> in_flight;

  /// Waits until at most `most` chunks are in flight.
  Task<void> Settle(size_t most) {
    while (in_flight.size() > most) {
      const auto oldest = std::move(in_flight.front());
      in_flight.pop_front();
      CO_RETURN_IF_ERROR(co_await OneShot<absl::Status>::Wait(oldest));
    }
    co_return absl::OkStatus();
  }
};

absl::StatusOr<std::string> BodyStore::EtagOf(Upload& upload) {
  if (!upload.md5.has_value()) {
    // With a hyphen, so that S3 clients do not take it for an MD5.
    return absl::StrCat(ToHex(upload.version.session.value), "-", upload.version.sequence);
  }
  v1::Checksum md5;
  md5.set_algorithm(v1::Checksum::MD5);
  md5.set_value(upload.md5->Finish());
  google::protobuf::RepeatedPtrField<v1::Checksum> said;
  *said.Add() = md5;
  said.Mutable(0)->set_value(upload.announced.md5_etag->expected);
  RETURN_IF_ERROR(CheckSum(upload.announced, md5, said));
  return absl::BytesToHexString(md5.value());
}

BodyStore::BodyStore(Runtime& runtime, std::shared_ptr<GatewaySession> session,
                     std::shared_ptr<Commands> commands, std::shared_ptr<ReplicaWriter> replicas,
                     std::shared_ptr<Semaphore> memory)
    : runtime_(runtime),
      session_(std::move(session)),
      commands_(std::move(commands)),
      replicas_(std::move(replicas)),
      memory_(std::move(memory)) {}

Task<v1::Outcome> BodyStore::Run(RequestContextPtr context, Announced announced,
                                 v1::OperationId callers, BodyReaderPtr body, MakeCommand make) {
  CO_RETURN_IF_ERROR(CheckLength(announced, announced.length.value_or(0), /*ended=*/false));
  CO_ASSIGN_OR_RETURN(std::shared_ptr<SessionLife> life, session_->Current());
  OpenOperation operation(life, /*with_version=*/true);
  auto upload = std::make_shared<Upload>();
  for (const v1::Checksum& checksum : announced.checksums) {
    if (checksum.algorithm() == v1::Checksum::CRC32C) continue;  // computed anyway
    upload->hashers.emplace_back(checksum.algorithm(), Hasher(checksum.algorithm()));
  }
  if (announced.md5_etag.has_value()) upload->md5.emplace(v1::Checksum::MD5);
  upload->announced = std::move(announced);
  upload->version = operation.version();
  upload->chunk_size = life->chunk_size;

  absl::StatusOr<v1::Outcome> outcome;
  auto manifest = co_await Receive(context, upload, std::move(body));
  if (manifest.ok()) {
    v1::Command command =
        make(operation.IdOr(callers.session() == 0 ? nullptr : &callers), *std::move(manifest));
    outcome = co_await commands_->Submit(context, std::move(command));
  } else {
    outcome = manifest.status();
  }
  const Written written{upload->chunks, upload->size, /*commit_sent=*/manifest.ok()};
  co_return co_await EndAttempt(session_, std::move(operation), std::move(outcome), written);
}

Task<v1::Manifest> BodyStore::Receive(RequestContextPtr context, std::shared_ptr<Upload> upload,
                                      BodyReaderPtr body) {
  const Announced& announced = upload->announced;
  const uint32_t chunk_size = upload->chunk_size;
  ChunkedBody chunks(body, chunk_size);
  while (true) {
    // Nothing is set aside for a client that sends nothing.
    CO_ASSIGN_OR_RETURN(const bool more, co_await chunks.More());
    if (!more) break;
    // The whole chunk's memory before more than its first piece: uploads that each hold a part of
    // one and wait for the rest would wait for ever.
    uint64_t expected = chunk_size;
    if (announced.length.has_value()) {
      expected = std::clamp<uint64_t>(*announced.length - upload->size, 1, chunk_size);
    }
    CO_ASSIGN_OR_RETURN(Semaphore::Permit memory,
                        co_await memory_->Acquire(context->cancellation, expected));
    auto permit = std::make_shared<Semaphore::Permit>(std::move(memory));
    CO_ASSIGN_OR_RETURN(Bytes chunk, co_await chunks.Next(expected));
    permit->ShrinkTo(std::min<uint64_t>(chunk.size(), permit->units()));
    CO_RETURN_IF_ERROR(CheckLength(announced, upload->size + chunk.size(), /*ended=*/false));
    CO_RETURN_IF_ERROR(co_await StartChunk(context, upload, std::move(chunk), std::move(permit)));
  }
  const v1::PutObjectRequest::Trailer trailer = body->trailer();
  CO_RETURN_IF_ERROR(CheckLength(announced, upload->size, /*ended=*/true));
  CO_RETURN_IF_ERROR(CheckTrailer(announced, trailer));
  CO_RETURN_IF_ERROR(
      CheckCrc32c(announced, trailer.has_crc32c() ? std::optional(trailer.crc32c()) : std::nullopt,
                  upload->crc32c));
  v1::Manifest manifest;
  *manifest.mutable_version() = ToProto(upload->version);
  manifest.set_size(upload->size);
  manifest.set_chunk_size(chunk_size);
  manifest.set_crc32c(upload->crc32c);
  CO_ASSIGN_OR_RETURN(*manifest.mutable_etag(), EtagOf(*upload));
  for (auto& [algorithm, hasher] : upload->hashers) {
    v1::Checksum& checksum = *manifest.add_checksums();
    checksum.set_algorithm(algorithm);
    checksum.set_value(hasher.Finish());
    CO_RETURN_IF_ERROR(CheckSum(announced, checksum, announced.checksums));
    CO_RETURN_IF_ERROR(CheckSum(announced, checksum, trailer.checksums()));
  }
  v1::Checksum crc32c;
  crc32c.set_algorithm(v1::Checksum::CRC32C);
  crc32c.set_value(Crc32cValue(upload->crc32c));
  CO_RETURN_IF_ERROR(CheckSum(announced, crc32c, announced.checksums));
  CO_RETURN_IF_ERROR(CheckSum(announced, crc32c, trailer.checksums()));
  // Kept anyway; who asked for it is told so.
  if (Names(announced.checksums, v1::Checksum::CRC32C)) *manifest.add_checksums() = crc32c;
  CO_RETURN_IF_ERROR(co_await upload->Settle(0));
  co_return manifest;
}

Task<void> BodyStore::StartChunk(RequestContextPtr context, std::shared_ptr<Upload> upload,
                                 Bytes chunk, std::shared_ptr<Semaphore::Permit> permit) {
  CO_RETURN_IF_ERROR(co_await upload->Settle(kChunksInFlight - 1));
  const uint32_t crc = Crc32c(chunk);
  upload->size += chunk.size();
  upload->crc32c = CombineCrc32c(upload->crc32c, crc, chunk.size());
  const ChunkId id{upload->version, upload->chunks++};
  auto done = std::make_shared<OneShot<absl::Status>>();
  upload->in_flight.push_back(done);
  const bool hashes = !upload->hashers.empty() || upload->md5.has_value();
  const Bytes hashed = hashes ? chunk : Bytes();
  runtime_.Spawn(replicas_->Write(context, id, std::move(chunk), crc, std::move(permit)),
                 [done](const absl::Status& status) { done->Set(status); });
  // While the chunk is on its way.
  for (auto& [algorithm, hasher] : upload->hashers) hasher.Update(hashed);
  if (upload->md5.has_value()) upload->md5->Update(hashed);
  co_return absl::OkStatus();
}

}  // namespace trebol
