#include "client/listing.h"

#include <utility>

#include "client/client.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

template <typename Request, typename Page, typename List>
absl::Status ForEach(Request request, const std::function<absl::Status(const Page&)>& take,
                     const List& list) {
  while (true) {
    ASSIGN_OR_RETURN(Page page, list(request));
    RETURN_IF_ERROR(take(page));
    if (page.next_page_token.empty()) return absl::OkStatus();
    request.page_token = std::move(page.next_page_token);
  }
}

}  // namespace

absl::StatusOr<ListObjectsPage> Client::ListObjects(const ListObjectsRequest& request) const {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket));
  return connection_->ListObjects(context_, request);
}

absl::StatusOr<ListObjectVersionsPage> Client::ListObjectVersions(
    const ListObjectVersionsRequest& request) const {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket));
  return connection_->ListObjectVersions(context_, request);
}

absl::StatusOr<ListPartsPage> Client::ListParts(const MultipartUpload& upload,
                                                const ListPartsOptions& options) const {
  RETURN_IF_ERROR(ValidateBucketName(upload.bucket));
  RETURN_IF_ERROR(ValidateObjectKey(upload.key));
  return connection_->ListParts(context_, upload, options);
}

absl::StatusOr<ListMultipartUploadsPage> Client::ListMultipartUploads(
    const ListMultipartUploadsRequest& request) const {
  RETURN_IF_ERROR(ValidateBucketName(request.bucket));
  return connection_->ListMultipartUploads(context_, request);
}

absl::Status Client::ForEachPage(
    ListObjectsRequest request,
    const std::function<absl::Status(const ListObjectsPage&)>& take) const {
  return ForEach(std::move(request), take, [this](const auto& page) { return ListObjects(page); });
}

absl::Status Client::ForEachPage(
    ListObjectVersionsRequest request,
    const std::function<absl::Status(const ListObjectVersionsPage&)>& take) const {
  return ForEach(std::move(request), take,
                 [this](const auto& page) { return ListObjectVersions(page); });
}

absl::Status Client::ForEachPage(
    ListMultipartUploadsRequest request,
    const std::function<absl::Status(const ListMultipartUploadsPage&)>& take) const {
  return ForEach(std::move(request), take,
                 [this](const auto& page) { return ListMultipartUploads(page); });
}

}  // namespace trebol::client
