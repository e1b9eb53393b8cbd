#include "gateway/object/get_object.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"
#include "common/object/object_info.h"
#include "gateway/object/read_ahead.h"

namespace trebol {

absl::StatusOr<v1::ByteRange> ResolveRange(const v1::GetObjectRequest& request, uint64_t size) {
  v1::ByteRange asked = request.range();
  if (request.has_suffix_length()) {
    asked.set_offset(size - std::min<uint64_t>(request.suffix_length(), size));
    asked.set_length(request.suffix_length());
  }
  v1::ByteRange range;
  range.set_offset(asked.offset());
  const bool whole = asked.offset() == 0 && !asked.has_length();
  if (!whole && (asked.offset() >= size || (asked.has_length() && asked.length() == 0))) {
    return MakeError(
        absl::StatusCode::kOutOfRange, v1::INVALID_RANGE,
        absl::StrCat("the range that begins at byte ", asked.offset(), " of '", request.bucket(),
                     "/", request.key(), "' has no bytes: the object has ", size),
        absl::StrCat(size));
  }
  const uint64_t rest = size - asked.offset();
  range.set_length(asked.has_length() ? std::min<uint64_t>(asked.length(), rest) : rest);
  return range;
}

GetObject::GetObject(Runtime& runtime, std::shared_ptr<MetadataStub> metadata,
                     std::shared_ptr<GatewaySession> session, std::shared_ptr<MapCache> maps,
                     std::shared_ptr<ReplicaReader> replicas, std::shared_ptr<Semaphore> memory,
                     const Clock& clock)
    : runtime_(runtime),
      metadata_(std::move(metadata)),
      session_(std::move(session)),
      maps_(std::move(maps)),
      replicas_(std::move(replicas)),
      memory_(std::move(memory)),
      clock_(clock),
      lookup_(metadata_, session_) {}

Task<v1::ObjectInfo> GetObject::Head(RequestContextPtr context, v1::HeadObjectRequest request) {
  CO_ASSIGN_OR_RETURN(const v1::LookupObjectResponse found,
                      co_await lookup_.Find(std::move(context), request.bucket(), request.key(),
                                            request.version(), request.preconditions()));
  co_return InfoOf(request.bucket(), found);
}

Task<GetObject::PartsPage> GetObject::Parts(RequestContextPtr context,
                                            v1::HeadObjectRequest request, uint32_t after,
                                            uint32_t most) {
  CO_ASSIGN_OR_RETURN(const v1::LookupObjectResponse found,
                      co_await lookup_.Find(context, request.bucket(), request.key(),
                                            request.version(), request.preconditions()));
  const v1::Manifest& manifest = found.object().manifest();
  PartsPage page;
  page.object = InfoOf(request.bucket(), found);
  if (manifest.parts().empty() || most == 0) co_return page;
  v1::ReadPartsRequest read;
  *read.mutable_upload() = manifest.has_data() ? manifest.data() : manifest.version();
  read.set_listed(manifest.parts());
  read.set_after(after);
  read.set_limit(most);
  CO_ASSIGN_OR_RETURN(const v1::ReadPartsResponse parts,
                      co_await metadata_->ReadParts(std::move(context), std::move(read)));
  for (const v1::PartRow& part : parts.parts()) page.parts.push_back(ToPartInfo(part));
  page.more = parts.more();
  co_return page;
}

Task<std::optional<GetObject::PartPlace>> GetObject::FindPart(RequestContextPtr context,
                                                              v1::HeadObjectRequest request,
                                                              uint32_t number) {
  PartPlace place;
  uint64_t offset = 0;
  uint32_t after = 0;
  while (true) {
    CO_ASSIGN_OR_RETURN(const PartsPage page,
                        co_await Parts(context, request, after, kDefaultPageSize));
    place.object = page.object;
    request.set_version(page.object.version());  // of one version all pages
    if (page.object.parts() == 0) {
      if (number != 1) co_return std::nullopt;
      place.range.set_length(page.object.size());
      co_return place;
    }
    for (const v1::PartInfo& part : page.parts) {
      if (part.part_number() == number) {
        place.range.set_offset(offset);
        place.range.set_length(part.size());
        place.part = part;
        co_return place;
      }
      offset += part.size();
      after = part.part_number();
    }
    if (!page.more || after > number) co_return std::nullopt;
  }
}

Task<void> GetObject::Run(RequestContextPtr context, v1::GetObjectRequest request,
                          BodyWriterPtr writer) {
  Result result = co_await RunOnce(context, request, writer);
  if (ReasonOf(result.status) == v1::DATA_UNAVAILABLE &&
      result.attempt == Attempt::kNothingWritten) {
    // The map or the manifest may have been old: begin again with new ones, once.
    if (!(co_await maps_->Refresh(context)).ok()) co_return result.status;
    result = co_await RunOnce(context, std::move(request), std::move(writer));
  }
  co_return result.status;
}

boost::asio::awaitable<GetObject::Result> GetObject::RunOnce(RequestContextPtr context,
                                                             v1::GetObjectRequest request,
                                                             BodyWriterPtr writer) {
  auto life = session_->Current();
  if (!life.ok()) co_return Result{life.status()};
  // From before the lookup on, what it finds is protected from collection.
  OpenReads::Guard guard = (*life)->reads.Begin(LogIndex(session_->lineage().index()));
  auto found = co_await lookup_.Find(context, request.bucket(), request.key(), request.version(),
                                     request.preconditions());
  if (!found.ok()) co_return Result{found.status()};
  const v1::Manifest& manifest = found->object().manifest();
  guard.Names(VersionIdOf(manifest.has_data() ? manifest.data() : manifest.version()));
  auto range = ResolveRange(request, manifest.size());
  if (!range.ok()) co_return Result{range.status()};

  ReadAhead pieces(
      runtime_, replicas_, memory_, clock_, context,
      ExtentList(metadata_, context, manifest, range->offset(), range->offset() + range->length()));
  bool begun = false;
  while (true) {
    auto piece = co_await pieces.Next();
    if (!piece.ok() && begun && Planted("gateway.late_failure_ends_normally")) break;
    if (!piece.ok()) {
      co_return Result{piece.status(), begun ? Attempt::kDone : Attempt::kNothingWritten};
    }
    if (!begun) writer->Begin(InfoOf(request.bucket(), *found), *range);
    begun = true;
    if (piece->data.empty()) break;
    const absl::Status status = co_await writer->Write(std::move(piece->data));
    if (!status.ok()) co_return Result{status};
  }
  co_return Result{absl::OkStatus()};
}

}  // namespace trebol
