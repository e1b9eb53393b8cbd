#include "gateway/object/extent_list.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/error.h"
#include "common/base/proto_ids.h"
#include "common/base/status_macros.h"

namespace trebol {
namespace {

// A page of parts: 8 GiB of what clients usually send, and 100 KiB here.
constexpr uint32_t kPartsPerPage = 1'000;

v1::VersionId DataOf(const v1::Manifest& manifest) {
  return manifest.has_data() ? manifest.data() : manifest.version();
}

}  // namespace

ExtentList::ExtentList(std::shared_ptr<MetadataStub> metadata, RequestContextPtr context,
                       const v1::Manifest& manifest, uint64_t offset, uint64_t end)
    : metadata_(std::move(metadata)), context_(std::move(context)), end_(end), next_(offset) {
  if (manifest.parts().empty()) {
    whole_.push_back({.version = VersionIdOf(DataOf(manifest)),
                      .chunk_size = manifest.chunk_size(),
                      .begin = offset,
                      .end = end});
    return;
  }
  *request_.mutable_upload() = DataOf(manifest);
  request_.set_listed(manifest.parts());
  request_.set_limit(kPartsPerPage);
  request_.set_skip_bytes(offset);
}

Task<std::optional<Extent>> ExtentList::Next() {
  if (next_ >= end_) co_return std::nullopt;
  if (!whole_.empty()) {
    next_ = end_;
    co_return whole_.front();
  }
  while (true) {
    if (page_.empty()) CO_RETURN_IF_ERROR(co_await ReadPage());
    const uint32_t number = page_.front().number();
    const v1::Manifest part = std::move(*page_.front().mutable_manifest());
    page_.pop_front();
    const uint64_t begins = std::exchange(page_offset_, page_offset_ + part.size());
    if (part.size() == 0 || begins + part.size() <= next_) continue;
    const Extent extent{.version = VersionIdOf(part.version()),
                        .chunk_size = part.chunk_size(),
                        .part = number,
                        .begin = next_ - begins,
                        .end = std::min(part.size(), end_ - begins)};
    next_ = begins + extent.end;
    co_return extent;
  }
}

Task<void> ExtentList::ReadPage() {
  if (!more_) {
    co_return MakeError(
        absl::StatusCode::kDataLoss, v1::DATA_UNAVAILABLE,
        absl::StrCat("the parts of the multipart upload ", ToString(VersionIdOf(request_.upload())),
                     " end at byte ", page_offset_, " of an object that has more"));
  }
  CO_ASSIGN_OR_RETURN(v1::ReadPartsResponse page,
                      co_await metadata_->ReadParts(context_, request_));
  // Bytes are skipped, and the page's offset counts, from the part after `after`.
  if (!page.parts().empty() && request_.after() == 0) page_offset_ = page.offset();
  for (v1::PartRow& part : *page.mutable_parts()) {
    request_.set_after(part.number());
    page_.push_back(std::move(part));
  }
  request_.clear_skip_bytes();
  more_ = page.more();
  if (page_.empty()) co_return co_await ReadPage();
  co_return absl::OkStatus();
}

}  // namespace trebol
