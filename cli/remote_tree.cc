#include "cli/remote_tree.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/human.h"
#include "cli/parallel.h"
#include "common/base/error.h"
#include "common/base/status_macros.h"

namespace trebol::cli {
namespace {

constexpr int kDeleteJobs = 8;

/// The keys that are meant by a URL, in a listing with its key as prefix, whose order ends it
/// early.
class Named {
 public:
  Named(const ObjectUrl& url, bool below) : url_(url), below_(below) {}

  bool Includes(const std::string& key) {
    const bool under = url_.key.empty() || absl::EndsWith(url_.key, "/") ||
                       key.compare(url_.key.size(), 1, "/") == 0;
    const bool included = key == url_.key || (below_ && under);
    found_ = found_ || included;
    past_ = past_ || (!below_ && key != url_.key);
    return included;
  }
  absl::Status MayGoOn(Console& console) const {
    const bool stop = past_ || console.environment().stop.stop_requested();
    return stop ? absl::CancelledError("interrupted") : absl::OkStatus();
  }
  bool Finish(const absl::Status& listed, bool may_be_none, const char* none, Console& console) {
    const bool ended = past_ && absl::IsCancelled(listed);
    if (!listed.ok() && !ended) {
      console.Fail(Printable(url_.ToString()), listed);
      return false;
    }
    if (!found_ && !may_be_none) {
      console.Fail(Printable(url_.ToString()),
                   MakeError(absl::StatusCode::kNotFound, v1::OBJECT_NOT_FOUND, none));
    }
    return true;
  }

 private:
  const ObjectUrl& url_;
  const bool below_;
  bool found_ = false;
  bool past_ = false;
};

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

bool RemoveVersions(const client::Client& client, const ObjectUrl& url, bool below,
                    bool may_be_none, Console& console) {
  Named named(url, below);
  const absl::Status status = client.ForEachPage(
      client::ListObjectVersionsRequest{.bucket = url.bucket, .prefix = url.key},
      [&](const client::ListObjectVersionsPage& page) {
        std::vector<client::DeleteEntry> entries;
        for (const client::ObjectInfo& version : page.versions) {
          if (!named.Includes(version.key)) continue;
          entries.push_back({.key = version.key, .version = version.version});
        }
        const auto results = client.DeleteObjects(url.bucket, entries);
        for (size_t i = 0; i < results.size(); ++i) {
          if (results[i].ok()) {
            console.Succeed();
          } else {
            console.Fail(Printable(ObjectUrl{url.bucket, entries[i].key}.ToString()),
                         results[i].status());
          }
        }
        return named.MayGoOn(console);
      });
  return named.Finish(status, may_be_none, "there is no version of it", console);
}

bool AbortUploads(const client::Client& client, const ObjectUrl& url, bool below, bool may_be_none,
                  Console& console) {
  Named named(url, below);
  const absl::Status status = client.ForEachPage(
      client::ListMultipartUploadsRequest{.bucket = url.bucket, .prefix = url.key},
      [&](const client::ListMultipartUploadsPage& page) {
        for (const client::MultipartUpload& upload : page.uploads) {
          if (!named.Includes(upload.key)) continue;
          const absl::Status aborted = client.AbortMultipartUpload(upload);
          if (aborted.ok() || ReasonOf(aborted) == v1::UPLOAD_NOT_FOUND) {
            console.Succeed();
          } else {
            console.Fail(Printable(ObjectUrl{url.bucket, upload.key}.ToString()), aborted);
          }
        }
        return named.MayGoOn(console);
      });
  return named.Finish(status, may_be_none, "there is no unfinished upload of it", console);
}

}  // namespace trebol::cli
