#include "cli/remote_tree.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "cli/human.h"
#include "cli/parallel.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

constexpr int kDeleteJobs = 8;

}  // namespace

absl::Status ForEachBelow(const client::Client& client, const ObjectUrl& url,
                          const TakeObjects& take) {
  uint64_t found = 0;
  std::string prefix = url.key;
  if (!url.key.empty() && !url.ends_in_slash) {
    prefix += '/';
    const auto object = client.HeadObject(url.bucket, url.key);
    if (object.ok()) {
      ++found;
      RETURN_IF_ERROR(take({*object}));
    } else if (ReasonOf(object.status()) != v1::OBJECT_NOT_FOUND) {
      return object.status();
    }
  }
  RETURN_IF_ERROR(client.ForEachPage({.bucket = url.bucket, .prefix = prefix},
                                     [&](const client::ListObjectsPage& page) {
                                       found += page.objects.size();
                                       return take(page.objects);
                                     }));
  if (found > 0 || url.key.empty()) return absl::OkStatus();
  return MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND,
                   absl::StrCat("there is no object of this name or below it; trebol ls ",
                                kUrlScheme, url.bucket, " shows what there is"));
}

bool RemoveBelow(const client::Client& client, const ObjectUrl& url, bool may_be_none,
                 Console& console) {
  const std::stop_token& stop = console.environment().stop;
  const absl::Status status =
      ForEachBelow(client, url, [&](const std::vector<client::ObjectInfo>& objects) {
        ParallelFor(objects.size(), kDeleteJobs, stop, [&](size_t i) {
          const auto deleted = client.DeleteObject(url.bucket, objects[i].key);
          if (deleted.ok()) {
            console.Succeed();
          } else {
            console.Fail(Printable(ObjectUrl{url.bucket, objects[i].key}.ToString()),
                         deleted.status());
          }
        });
        return stop.stop_requested() ? absl::CancelledError("interrupted") : absl::OkStatus();
      });
  if (may_be_none && ReasonOf(status) == v1::OBJECT_NOT_FOUND) {
    console.Succeed();
    return true;
  }
  if (!status.ok()) console.Fail(Printable(url.ToString()), status);
  return status.ok();
}

}  // namespace trebol::cli
