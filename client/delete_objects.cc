#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/client.h"
#include "common/base/error.h"
#include "common/base/names.h"
#include "common/base/status_macros.h"

namespace trebol::client {
namespace {

constexpr size_t kEntriesPerCall = 1'000;  // more are refused by the gateway

using Results = std::vector<absl::StatusOr<DeleteObjectResult>>;

}  // namespace

Results Client::DeleteObjects(const std::string& bucket,
                              const std::vector<DeleteEntry>& entries) const {
  Results results(entries.size(), absl::UnknownError(""));
  if (absl::Status bad = ValidateBucketName(bucket); !bad.ok()) {
    std::fill(results.begin(), results.end(), bad);
    return results;
  }
  std::vector<size_t> sent;  // where the results of a call belong
  std::vector<DeleteEntry> batch;
  absl::Status failed;
  const auto send = [&] {
    absl::StatusOr<Results> answers = connection_->DeleteObjects(context_, bucket, batch);
    if (answers.ok() && answers->size() != batch.size()) {
      answers = absl::InternalError(absl::StrCat("the gateway gave ", answers->size(),
                                                 " results for ", batch.size(), " entries"));
    }
    failed = answers.status();
    for (size_t i = 0; i < sent.size(); ++i) {
      if (answers.ok()) {
        results[sent[i]] = std::move((*answers)[i]);
      } else {
        results[sent[i]] = failed;
      }
    }
    sent.clear();
    batch.clear();
  };
  for (size_t i = 0; i < entries.size(); ++i) {
    if (absl::Status bad = ValidateObjectKey(entries[i].key); !bad.ok()) {
      results[i] = std::move(bad);
    } else if (!failed.ok()) {
      results[i] = Annotate(failed, "not tried, because an earlier part failed");
    } else {
      sent.push_back(i);
      batch.push_back(entries[i]);
      if (batch.size() == kEntriesPerCall) send();
    }
  }
  if (!batch.empty()) send();
  return results;
}

}  // namespace trebol::client
