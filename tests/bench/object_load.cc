#include "tests/bench/object_load.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"

namespace trebol::bench {
namespace {

// What is read: more than fits in a cache of the processor, little enough to be written quickly.
constexpr uint64_t kReadBytes = 256 * kMiB;
constexpr uint64_t kMostReadObjects = 1000;
constexpr int kFillers = 8;

absl::StatusOr<uint64_t> Read(const client::Client& client, const std::string& bucket,
                              const std::string& key) {
  uint64_t bytes = 0;
  RETURN_IF_ERROR(client
                      .GetObject(bucket, key,
                                 [&bytes](absl::string_view piece) {
                                   bytes += piece.size();
                                   return absl::OkStatus();
                                 })
                      .status());
  return bytes;
}

}  // namespace

absl::StatusOr<client::Client> Connect(const std::string& endpoint, const std::string& bucket) {
  ASSIGN_OR_RETURN(client::Client client,
                   client::Client::Create({.endpoint = endpoint, .timeout = absl::Seconds(60)}));
  const absl::Status made = client.CreateBucket(bucket).status();
  if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  return client;
}

absl::StatusOr<LoadReport> PutObjects(const client::Client& client, const std::string& bucket,
                                      uint64_t size, const LoadLimits& limits) {
  const std::string bytes = RandomBytes(size);
  const std::string prefix = absl::StrCat("put/", size, "/", RandomHex(4), "/");
  client::PutObjectOptions options;
  options.content_length = size;
  return RunThreads(limits, size, [&](int thread, uint64_t count) -> absl::StatusOr<uint64_t> {
    RETURN_IF_ERROR(
        client.PutObject(bucket, absl::StrCat(prefix, thread, "/", count), bytes, options)
            .status());
    return size;
  });
}

absl::StatusOr<LoadReport> GetObjects(const client::Client& client, const std::string& bucket,
                                      uint64_t size, const LoadLimits& limits) {
  const uint64_t objects =
      std::clamp<uint64_t>(kReadBytes / std::max<uint64_t>(size, 1), 1, kMostReadObjects);
  const auto key = [size](uint64_t number) { return absl::StrCat("get/", size, "/", number); };
  // Written last, so that it tells whether all are there.
  const std::string mark = absl::StrCat("get/", size, "/all");
  if (!client.HeadObject(bucket, mark).ok()) {
    const std::string bytes = RandomBytes(size);
    RETURN_IF_ERROR(InParallel(objects, kFillers, [&](uint64_t number) {
      return client.PutObject(bucket, key(number), bytes).status();
    }));
    RETURN_IF_ERROR(InParallel(objects, kFillers, [&](uint64_t number) {
      return Read(client, bucket, key(number)).status();
    }));
    RETURN_IF_ERROR(client.PutObject(bucket, mark, "").status());
  }
  const auto read = [&](int thread, uint64_t count) {
    return Read(client, bucket, key((thread * objects / limits.clients + count) % objects));
  };
  if (size <= kMiB) {
    LoadLimits warm = limits;
    warm.seconds = 0.2;
    RETURN_IF_ERROR(RunThreads(warm, size, read).status());
  }
  return RunThreads(limits, size, read);
}

}  // namespace trebol::bench
