#include "gateway/object/explain_object.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "gateway/object/extent_list.h"

namespace trebol {
namespace {

constexpr uint64_t kAtOnce = 4;  // each holds some MiB
constexpr uint32_t kDefaultVerified = 64;

absl::StatusOr<uint32_t> LimitOf(const v1::ExplainObjectRequest& request) {
  if (request.limit() > kMaxPageSize) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, v1::INVALID_ARGUMENT,
        absl::StrCat("a page of ", request.limit(), " chunks; at most ", kMaxPageSize));
  }
  if (request.limit() > 0) return request.limit();
  return request.verify() ? kDefaultVerified : kDefaultPageSize;
}

absl::Status CheckOffset(const v1::ExplainObjectRequest& request, uint64_t size) {
  if (request.offset() == 0 || request.offset() < size) return absl::OkStatus();
  return MakeError(absl::StatusCode::kOutOfRange, v1::INVALID_RANGE,
                   absl::StrCat("no chunk of '", request.bucket(), "/", request.key(),
                                "' has byte ", request.offset(), ": the object has ", size));
}

}  // namespace

ExplainObject::ExplainObject(std::shared_ptr<MetadataStub> metadata,
                             std::shared_ptr<GatewaySession> session,
                             std::shared_ptr<CopySurvey> survey)
    : metadata_(std::move(metadata)),
      session_(std::move(session)),
      survey_(std::move(survey)),
      lookup_(metadata_, session_),
      at_once_(Semaphore::Create(kAtOnce)) {}

Task<v1::ExplainObjectResponse> ExplainObject::Run(RequestContextPtr context,
                                                   v1::ExplainObjectRequest request) {
  CO_ASSIGN_OR_RETURN(const uint32_t limit, LimitOf(request));
  const auto place = at_once_->TryAcquire(1);
  if (!place.has_value()) {
    co_return MakeError(
        absl::StatusCode::kResourceExhausted, v1::OVERLOADED,
        absl::StrCat("this gateway explains ", kAtOnce, " objects already; try again in a moment"));
  }
  CO_ASSIGN_OR_RETURN(const std::shared_ptr<SessionLife> life, session_->Current());
  // From before the lookup on, what it finds is protected from collection.
  OpenReads::Guard guard = life->reads.Begin(LogIndex(session_->lineage().index()));
  CO_ASSIGN_OR_RETURN(const v1::LookupObjectResponse found,
                      co_await lookup_.Find(context, request.bucket(), request.key(),
                                            request.version(), v1::Preconditions()));
  const v1::Manifest& manifest = found.object().manifest();
  guard.Names(VersionIdOf(manifest.has_data() ? manifest.data() : manifest.version()));
  CO_RETURN_IF_ERROR(CheckOffset(request, manifest.size()));
  CO_ASSIGN_OR_RETURN(Page page, co_await ReadPage(context, manifest, request.offset(), limit));
  CO_ASSIGN_OR_RETURN(v1::ExplainObjectResponse response,
                      co_await survey_->Run(context, std::move(page.chunks), request.verify()));
  for (size_t i = 0; i < page.places.size(); ++i) {
    v1::ExplainObjectResponse::Chunk* chunk = response.mutable_chunks(static_cast<int>(i));
    chunk->set_part(page.places[i].part);
    chunk->set_offset(page.places[i].offset);
  }
  *response.mutable_object() = InfoOf(request.bucket(), found);
  response.set_next_offset(page.next_offset);
  co_return response;
}

Task<ExplainObject::Page> ExplainObject::ReadPage(RequestContextPtr context, v1::Manifest manifest,
                                                  uint64_t offset, uint32_t limit) {
  Page page;
  ExtentList extents(metadata_, std::move(context), manifest, offset, manifest.size());
  while (true) {
    CO_ASSIGN_OR_RETURN(const std::optional<Extent> extent, co_await extents.Next());
    if (!extent.has_value()) co_return page;
    // The first begins at the asked byte, which may be in the middle of its chunk.
    const uint64_t skipped = extent->begin % extent->chunk_size;
    offset -= skipped;
    for (uint64_t at = extent->begin - skipped; at < extent->end; at += extent->chunk_size) {
      if (page.chunks.size() == limit) {
        page.next_offset = offset;
        co_return page;
      }
      const uint64_t size = std::min<uint64_t>(extent->chunk_size, extent->end - at);
      page.chunks.push_back(
          {.id = {extent->version, static_cast<uint32_t>(at / extent->chunk_size)},
           .size = static_cast<uint32_t>(size)});
      page.places.push_back({.part = extent->part, .offset = offset});
      offset += size;
    }
  }
}

}  // namespace trebol
