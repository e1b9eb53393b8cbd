#include "tests/bench/namespace_load.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/base/limits.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"

namespace trebol::bench {
namespace {

constexpr int kFillers = 32;
constexpr uint64_t kSmall = 4 * kKiB;
constexpr int kOthers = 8;
constexpr absl::Duration kOthersAlone = absl::Seconds(3);

double SecondsSince(std::chrono::steady_clock::time_point then) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

/// Puts of 4 KiB by several clients for as long as it lives, each with when it ended and how long
/// it took.
class Others {
 public:
  Others(const client::Client& client, const std::string& bucket) {
    for (int i = 0; i < kOthers; ++i) {
      threads_.emplace_back([this, client, bucket, i] { Run(client, bucket, i); });
    }
  }
  ~Others() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
  }

  absl::Status failure() {
    MutexLock lock(&mutex_);
    return failure_;
  }
  /// Of puts that ran at some time between the two.
  double P99Between(absl::Time begin, absl::Time end) {
    std::vector<float> took;
    MutexLock lock(&mutex_);
    for (const Put& put : puts_) {
      if (put.ended < begin || put.ended - put.took > end) continue;
      took.push_back(static_cast<float>(absl::ToDoubleMilliseconds(put.took)));
    }
    return Quantile(std::move(took), 0.99);
  }

 private:
  struct Put {
    absl::Time ended;
    absl::Duration took;
  };

  void Run(const client::Client& client, const std::string& bucket, int thread) {
    const std::string bytes = RandomBytes(kSmall);
    const std::string prefix = absl::StrCat("others/", RandomHex(4), "/", thread, "/");
    for (uint64_t count = 0; !stop_; ++count) {
      const absl::Time begin = absl::Now();
      const absl::Status status =
          client.PutObject(bucket, absl::StrCat(prefix, count), bytes).status();
      const absl::Time end = absl::Now();
      MutexLock lock(&mutex_);
      failure_.Update(status);
      if (!status.ok()) return;
      puts_.push_back({end, end - begin});
    }
  }

  std::atomic<bool> stop_ = false;
  Mutex mutex_;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  std::vector<Put> puts_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_;
};

}  // namespace

absl::Status FillBucket(const client::Client& client, const std::string& bucket, uint64_t keys) {
  if (keys == 0) return absl::OkStatus();
  const auto key = [](uint64_t number) { return absl::StrFormat("folder/object-%09d", number); };
  RETURN_IF_ERROR(client.PutObject(bucket, key(0), RandomBytes(kSmall)).status());
  return InParallel(keys - 1, kFillers, [&](uint64_t number) {
    return client.CopyObject(bucket, key(0), bucket, key(number + 1)).status();
  });
}

absl::StatusOr<LoadReport> ListBucket(const client::Client& client, const std::string& bucket,
                                      const LoadLimits& limits) {
  LoadMeter meter(limits);
  auto begin = std::chrono::steady_clock::now();
  client::ListObjectsRequest request;
  request.bucket = bucket;
  request.page_size = kMaxPageSize;
  RETURN_IF_ERROR(client.ForEachPage(request, [&](const client::ListObjectsPage& page) {
    meter.Ended(SecondsSince(begin), 0, page.objects.size());
    begin = std::chrono::steady_clock::now();
    return absl::OkStatus();
  }));
  return meter.Finish();
}

absl::StatusOr<LoadReport> CopyObject(const client::Client& client, const std::string& bucket,
                                      uint64_t size, const LoadLimits& limits) {
  const std::string source = absl::StrCat("copied/", size);
  if (!client.HeadObject(bucket, source).ok()) {
    const std::string bytes = RandomBytes(std::min(size, 64 * kMiB));
    uint64_t sent = 0;
    client::PutObjectOptions options;
    options.content_length = size;
    RETURN_IF_ERROR(client
                        .PutObject(
                            bucket, source,
                            [&](char* to, size_t room) -> absl::StatusOr<size_t> {
                              const uint64_t at = sent % bytes.size();
                              const uint64_t part =
                                  std::min<uint64_t>({room, bytes.size() - at, size - sent});
                              bytes.copy(to, part, at);
                              sent += part;
                              return part;
                            },
                            options)
                        .status());
  }
  const std::string prefix = absl::StrCat("copies/", RandomHex(4), "/");
  return RunThreads(limits, 0, [&](int thread, uint64_t count) -> absl::StatusOr<uint64_t> {
    RETURN_IF_ERROR(
        client.CopyObject(bucket, source, bucket, absl::StrCat(prefix, thread, "/", count))
            .status());
    return 0;
  });
}

absl::StatusOr<CompleteReport> CompleteUpload(const client::Client& client,
                                              const std::string& bucket, uint32_t parts) {
  ASSIGN_OR_RETURN(const client::MultipartUpload upload,
                   client.CreateMultipartUpload(bucket, absl::StrCat("parts/", RandomHex(4))));
  std::vector<client::PartInfo> infos(parts);
  RETURN_IF_ERROR(InParallel(parts, kFillers, [&](uint64_t number) -> absl::Status {
    bool given = false;
    const client::Source one_byte = [&given](char* to, size_t) -> absl::StatusOr<size_t> {
      if (given) return 0;
      given = true;
      *to = 'x';
      return 1;
    };
    ASSIGN_OR_RETURN(infos[number],
                     client.UploadPart(upload, static_cast<uint32_t>(number + 1), one_byte));
    return absl::OkStatus();
  }));
  Others others(client, bucket);
  const absl::Time alone = absl::Now();
  absl::SleepFor(kOthersAlone);
  const absl::Time begin = absl::Now();
  RETURN_IF_ERROR(client.CompleteMultipartUpload(upload, infos).status());
  const absl::Time end = absl::Now();
  RETURN_IF_ERROR(others.failure());
  // Those that began during it have to end.
  absl::SleepFor(absl::Milliseconds(100));
  return CompleteReport{.complete_ms = absl::ToDoubleMilliseconds(end - begin),
                        .others_before_p99_ms = others.P99Between(alone, begin),
                        .others_during_p99_ms = others.P99Between(begin, end)};
}

}  // namespace trebol::bench
