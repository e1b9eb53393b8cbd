#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/limits.h"
#include "common/base/status_macros.h"
#include "tests/testing/fake_object_store.h"

namespace trebol::testing {
namespace {

/// One page of entries in their order, keys folded at the delimiter. `add` takes an entry into the
/// response. A token is the last key of the page and how many entries of it were given, so that
/// what is deleted meanwhile moves nothing.
template <typename Entry, typename Request, typename Response, typename Add>
void FillPage(const std::vector<Entry>& entries, const Request& request, Response* response,
              const Add& add) {
  const uint32_t page_size = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  const std::pair<std::string, std::string> token =
      absl::StrSplit(request.page_token(), absl::MaxSplits(' ', 1));
  uint32_t given = 0;  // of the key in the token
  (void)absl::SimpleAtoi(token.first, &given);
  uint32_t of_last = 0;
  std::string last;
  uint32_t count = 0;
  for (const Entry& entry : entries) {
    const std::string& key = entry.key();
    if (!absl::StartsWith(key, request.prefix()) || key < token.second) continue;
    std::string folded;
    if (!request.delimiter().empty()) {
      const size_t end = key.find(request.delimiter(), request.prefix().size());
      if (end != std::string::npos) folded = key.substr(0, end + request.delimiter().size());
    }
    // After a prefix comes what is above every key that begins with it.
    const std::string name = folded.empty() ? key : absl::StrCat(folded, "\xff");
    if (!folded.empty() && name == last) continue;
    const bool again = name == last;
    if (count == page_size) {
      response->set_next_page_token(absl::StrCat(of_last, " ", last));
      return;
    }
    of_last = again ? of_last + 1 : 1;
    last = name;
    if (name == token.second && of_last <= given) continue;
    ++count;
    if (folded.empty()) {
      add(entry);
    } else {
      response->add_common_prefixes(folded);
    }
  }
}

}  // namespace

absl::StatusOr<v1::ListObjectsResponse> FakeObjectStore::List(
    const v1::ListObjectsRequest& request) const {
  ASSIGN_OR_RETURN(const BucketState* bucket, Bucket(request.bucket()));
  std::vector<v1::ObjectInfo> entries;
  for (const auto& [key, versions] : bucket->keys) {
    const Version* latest = Latest(*bucket, key);
    if (latest != nullptr && key > request.start_after()) entries.push_back(latest->info);
  }
  v1::ListObjectsResponse response;
  FillPage(entries, request, &response, [&response](const v1::ObjectInfo& entry) {
    *response.add_objects() = entry;
    response.mutable_objects()->rbegin()->clear_tags();
  });
  return response;
}

absl::StatusOr<v1::ListObjectVersionsResponse> FakeObjectStore::List(
    const v1::ListObjectVersionsRequest& request) const {
  ASSIGN_OR_RETURN(const BucketState* bucket, Bucket(request.bucket()));
  std::vector<v1::ObjectInfo> entries;
  for (const auto& [key, versions] : bucket->keys) {
    bool past = key > request.start_after();
    for (const Version& version : versions) {
      if (past) entries.push_back(version.info);
      past = past || (key == request.start_after() &&
                      version.info.version() == request.start_after_version());
    }
  }
  v1::ListObjectVersionsResponse response;
  FillPage(entries, request, &response,
           [&response](const v1::ObjectInfo& entry) { *response.add_versions() = entry; });
  return response;
}

absl::StatusOr<v1::ListPartsResponse> FakeObjectStore::List(
    const v1::ListPartsRequest& request) const {
  ASSIGN_OR_RETURN(const Upload* upload, FindUpload(request.upload_id()));
  const uint32_t page_size = request.page_size() == 0 ? kDefaultPageSize : request.page_size();
  v1::ListPartsResponse response;
  *response.mutable_upload() = upload->info;
  for (const auto& [number, part] : upload->parts) {
    if (number <= request.start_after()) continue;
    if (response.parts_size() == static_cast<int>(page_size)) {
      response.set_next_start_after(response.parts().rbegin()->part_number());
      break;
    }
    *response.add_parts() = part.info;
  }
  return response;
}

absl::StatusOr<v1::ListMultipartUploadsResponse> FakeObjectStore::List(
    const v1::ListMultipartUploadsRequest& request) const {
  RETURN_IF_ERROR(Bucket(request.bucket()).status());
  std::vector<v1::MultipartUpload> entries;
  for (const auto& [id, upload] : uploads_) {
    if (upload.info.bucket() == request.bucket() && upload.info.key() > request.start_after()) {
      entries.push_back(upload.info);
    }
  }
  v1::ListMultipartUploadsResponse response;
  FillPage(entries, request, &response,
           [&response](const v1::MultipartUpload& entry) { *response.add_uploads() = entry; });
  return response;
}

}  // namespace trebol::testing
