#include "gateway/object/put_object.h"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/async/one_shot.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/names.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/checksum/crc32c.h"
#include "gateway/object/chunked_body.h"
#include "common/object/object_info.h"

namespace trebol {
namespace {

constexpr size_t kChunksInFlight = 4;
constexpr absl::Duration kCommitPatience = absl::Seconds(10);
constexpr absl::string_view kDefaultContentType = "application/octet-stream";

absl::Status Bad(ErrorReason reason, std::string message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}

absl::Status Validate(const PutObject::Header& header) {
  RETURN_IF_ERROR(ValidateBucketName(header.bucket()));
  RETURN_IF_ERROR(ValidateObjectKey(header.key()));
  size_t metadata_size = 0;
  for (const auto& [name, value] : header.user_metadata())
    metadata_size += name.size() + value.size();
  if (metadata_size > kMaxUserMetadataSize) {
    return Bad(v1::USER_METADATA_TOO_LARGE,
               absl::StrCat("the user metadata of '", header.key(), "' has ", metadata_size,
                            " bytes; at most ", kMaxUserMetadataSize, " are allowed"));
  }
  if (header.content_type().size() > kMaxContentTypeSize) {
    return Bad(v1::INVALID_ARGUMENT,
               absl::StrCat("the content type has ", header.content_type().size(),
                            " bytes; at most ", kMaxContentTypeSize, " are allowed"));
  }
  if (header.has_content_length() && header.content_length() > kMaxObjectSize) {
    return Bad(v1::OBJECT_TOO_LARGE,
               absl::StrCat("'", header.key(), "' has ", header.content_length(),
                            " bytes; at most ", kMaxObjectSize, " are allowed"));
  }
  return absl::OkStatus();
}

absl::Status CheckLength(const PutObject::Header& header, uint64_t received, bool ended) {
  if (received > kMaxObjectSize) {
    return Bad(v1::OBJECT_TOO_LARGE, absl::StrCat("'", header.key(), "' is longer than ",
                                                  kMaxObjectSize, " bytes, the most allowed"));
  }
  if (!header.has_content_length()) return absl::OkStatus();
  if (received > header.content_length() || (ended && received < header.content_length())) {
    return Bad(
        v1::BODY_LENGTH_MISMATCH,
        absl::StrCat("the body of '", header.key(), "' has ", received, ended ? "" : " or more",
                     " bytes and ", header.content_length(), " were announced; send it again"));
  }
  return absl::OkStatus();
}

absl::Status CheckSum(const PutObject::Header& header, std::optional<uint32_t> trailing,
                      uint32_t received) {
  for (const auto& expected :
       {header.has_crc32c() ? std::optional<uint32_t>(header.crc32c()) : std::nullopt, trailing}) {
    if (expected.has_value() && *expected != received) {
      return Bad(
          v1::CHECKSUM_MISMATCH,
          absl::StrFormat("the body of '%s' arrived with CRC32C %08x and %08x was announced; "
                          "send it again",
                          header.key(), received, *expected));
    }
  }
  return absl::OkStatus();
}

v1::Manifest ManifestOf(const PutObject::Header& header, const VersionId& version,
                        uint32_t chunk_size) {
  v1::Manifest manifest;
  *manifest.mutable_version() = ToProto(version);
  manifest.set_chunk_size(chunk_size);
  // With a hyphen, so that S3 clients do not take it for an MD5.
  manifest.set_etag(absl::StrCat(ToHex(version.session.value), "-", version.sequence));
  manifest.set_content_type(header.content_type().empty() ? std::string(kDefaultContentType)
                                                          : header.content_type());
  for (const auto& [name, value] : header.user_metadata()) {
    v1::NameValue* entry = manifest.add_user_metadata();
    entry->set_name(name);
    entry->set_value(value);
  }
  std::sort(manifest.mutable_user_metadata()->begin(), manifest.mutable_user_metadata()->end(),
            [](const auto& a, const auto& b) { return a.name() < b.name(); });
  return manifest;
}

}  // namespace

/// What is known of an upload while its chunks travel.
struct PutObject::Upload {
  Header header;
  VersionId version;
  v1::Manifest manifest;
  // Of the chunks begun: what may have been written.
  uint32_t chunks = 0;
  uint64_t size = 0;
  uint32_t crc32c = 0;
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

PutObject::PutObject(Runtime& runtime, std::shared_ptr<MetadataStub> metadata,
                     std::shared_ptr<GatewaySession> session,
                     std::shared_ptr<ReplicaWriter> replicas, std::shared_ptr<Semaphore> memory)
    : runtime_(runtime),
      metadata_(std::move(metadata)),
      session_(std::move(session)),
      replicas_(std::move(replicas)),
      memory_(std::move(memory)) {}

Task<v1::ObjectInfo> PutObject::Run(RequestContextPtr context, Header header, BodyReaderPtr body) {
  CO_RETURN_IF_ERROR(Validate(header));
  CO_ASSIGN_OR_RETURN(std::shared_ptr<SessionLife> life, session_->Current());
  v1::LookupBucketRequest lookup;
  lookup.set_bucket(header.bucket());
  CO_ASSIGN_OR_RETURN(v1::LookupBucketResponse found,
                      co_await metadata_->LookupBucket(context, lookup));

  OpenOperation operation(life, /*with_version=*/true);
  auto upload = std::make_shared<Upload>();
  upload->header = header;
  upload->version = operation.version();
  upload->manifest = ManifestOf(header, operation.version(), life->chunk_size);

  absl::StatusOr<v1::ObjectRow> row;
  auto manifest = co_await Receive(context, upload, std::move(body));
  const bool commit_sent = manifest.ok();
  if (manifest.ok()) {
    row = co_await Commit(context, operation, header, found.bucket().id(), *std::move(manifest));
  } else {
    row = manifest.status();
  }
  const bool ours = row.ok() && VersionIdOf(row->manifest().version()) == operation.version();
  if (ours) {
    operation.Settled();
    co_return ToObjectInfo(header.bucket(), *row);
  }
  // Failed, or a repeat of an operation that another attempt had decided: this version is given up.
  auto abandoned = co_await session_->Abandon(operation, upload->chunks, upload->size);
  if (abandoned.ok() && abandoned->has_value() && (*abandoned)->has_object()) {
    co_return ToObjectInfo(header.bucket(), (*abandoned)->object());
  }
  if (row.ok()) co_return ToObjectInfo(header.bucket(), *row);
  if (commit_sent && !abandoned.ok() && !IsAmbiguous(row.status())) {
    co_return absl::UnavailableError(
        absl::StrCat("the outcome is unknown: ", row.status().message(),
                     "; and metadata has not confirmed that the upload was given up"));
  }
  co_return row.status();
}

Task<v1::Manifest> PutObject::Receive(RequestContextPtr context, std::shared_ptr<Upload> upload,
                                      BodyReaderPtr body) {
  const Header& header = upload->header;
  const uint32_t chunk_size = upload->manifest.chunk_size();
  ChunkedBody chunks(body, chunk_size);
  while (true) {
    // Nothing is set aside for a client that sends nothing.
    CO_ASSIGN_OR_RETURN(const bool more, co_await chunks.More());
    if (!more) break;
    // The whole chunk's memory before more than its first piece: uploads that each hold a part of
    // one and wait for the rest would wait for ever.
    uint64_t expected = chunk_size;
    if (header.has_content_length()) {
      expected = std::clamp<uint64_t>(header.content_length() - upload->size, 1, chunk_size);
    }
    CO_ASSIGN_OR_RETURN(Semaphore::Permit memory,
                        co_await memory_->Acquire(context->cancellation, expected));
    auto permit = std::make_shared<Semaphore::Permit>(std::move(memory));
    CO_ASSIGN_OR_RETURN(Bytes chunk, co_await chunks.Next(expected));
    permit->ShrinkTo(std::min<uint64_t>(chunk.size(), permit->units()));
    CO_RETURN_IF_ERROR(CheckLength(header, upload->size + chunk.size(), /*ended=*/false));
    CO_RETURN_IF_ERROR(co_await StartChunk(context, upload, std::move(chunk), std::move(permit)));
  }
  CO_RETURN_IF_ERROR(CheckLength(header, upload->size, /*ended=*/true));
  CO_RETURN_IF_ERROR(CheckSum(header, body->trailing_crc32c(), upload->crc32c));
  CO_RETURN_IF_ERROR(co_await upload->Settle(0));
  v1::Manifest manifest = std::move(upload->manifest);
  manifest.set_size(upload->size);
  manifest.set_crc32c(upload->crc32c);
  co_return manifest;
}

Task<void> PutObject::StartChunk(RequestContextPtr context, std::shared_ptr<Upload> upload,
                                 Bytes chunk, std::shared_ptr<Semaphore::Permit> permit) {
  CO_RETURN_IF_ERROR(co_await upload->Settle(kChunksInFlight - 1));
  const uint32_t crc = Crc32c(chunk);
  upload->size += chunk.size();
  upload->crc32c = CombineCrc32c(upload->crc32c, crc, chunk.size());
  const ChunkId id{upload->version, upload->chunks++};
  auto done = std::make_shared<OneShot<absl::Status>>();
  upload->in_flight.push_back(done);
  runtime_.Spawn(replicas_->Write(context, id, std::move(chunk), crc, std::move(permit)),
                 [done](const absl::Status& status) { done->Set(status); });
  co_return absl::OkStatus();
}

Task<v1::ObjectRow> PutObject::Commit(RequestContextPtr context, OpenOperation operation,
                                      Header header, uint64_t bucket_id, v1::Manifest manifest) {
  v1::Command command;
  v1::PutObjectCommand* put = command.mutable_put_object();
  *put->mutable_operation() =
      operation.IdOr(header.has_operation() ? &header.operation() : nullptr);
  put->set_bucket_id(bucket_id);
  put->set_key(header.key());
  *put->mutable_manifest() = std::move(manifest);
  CO_ASSIGN_OR_RETURN(v1::Outcome outcome,
                      co_await session_->Submit(context, std::move(command), kCommitPatience));
  co_return std::move(*outcome.mutable_object());
}

}  // namespace trebol
