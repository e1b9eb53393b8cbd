#include "tests/bench/mixed_load.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/client.h"
#include "common/base/limits.h"
#include "common/base/mutex.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "tests/bench/load_meter.h"

namespace trebol::bench {
namespace {

constexpr char kBucket[] = "mixed";
constexpr uint64_t kSmallBytes = 4 * kKiB, kLargeBytes = kMiB;
constexpr uint64_t kSmallObjects = 500, kLargeObjects = 64;
constexpr int kFillers = 8;
constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kPatienceAfterSchedule = 10 * kSecond;
constexpr int64_t kUntilFirst = kSecond / 5;
constexpr size_t kErrorsKept = 20;

/// Spreads numbers, so that kinds and keys do not follow each other in a pattern.
uint64_t Mixed(uint64_t number) {
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

Operation OperationOf(uint64_t number) {
  const uint64_t turn = Mixed(number) % 20;
  if (turn < 9) return Operation::kPutSmall;
  if (turn < 18) return Operation::kGetSmall;
  return turn == 18 ? Operation::kPutLarge : Operation::kGetLarge;
}

std::string ReadKey(uint64_t size, uint64_t number) {
  return absl::StrCat("read/", size, "/", number);
}

absl::Status Read(const client::Client& client, uint64_t size, uint64_t number) {
  uint64_t bytes = 0;
  RETURN_IF_ERROR(client
                      .GetObject(kBucket, ReadKey(size, number),
                                 [&bytes](absl::string_view piece) {
                                   bytes += piece.size();
                                   return absl::OkStatus();
                                 })
                      .status());
  if (bytes == size) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(ReadKey(size, number), " has ", bytes, " bytes and not ", size));
}

void SleepUntil(int64_t time_us) {
  std::this_thread::sleep_until(
      std::chrono::steady_clock::time_point(std::chrono::microseconds(time_us)));
}

/// The run of one load: what its threads share.
class Run {
 public:
  explicit Run(const MixedLoad& load)
      : load_(load), prefix_(absl::StrCat("put/", RandomHex(4), "/")) {
    for (const MixedLoad::Stretch& stretch : load.schedule) {
      scheduled_ += static_cast<uint64_t>(stretch.per_second * stretch.seconds);
      schedule_us_ += static_cast<int64_t>(stretch.seconds * kSecond);
    }
  }

  absl::Status Connect();
  MixedLoadResult Make(int64_t begin_us);

 private:
  bool closed() const { return load_.schedule.empty(); }
  /// When operation `number` is due, after the beginning.
  int64_t DueAfter(uint64_t number) const;
  void Work(int thread);
  absl::Status Do(const client::Client& client, Operation operation, uint64_t number) const;
  void Failed(Operation operation, const absl::Status& status);

  const MixedLoad& load_;
  const std::string prefix_;
  const std::string small_ = RandomBytes(kSmallBytes), large_ = RandomBytes(kLargeBytes);
  uint64_t scheduled_ = 0;
  int64_t schedule_us_ = 0;
  std::vector<client::Client> clients_;
  int64_t begin_us_ = 0;
  std::atomic<uint64_t> next_ = 0;
  Mutex mutex_;
  MixedLoadResult result_ ABSL_GUARDED_BY(mutex_);
};

absl::Status Run::Connect() {
  for (int i = 0; i < load_.clients; ++i) {
    ASSIGN_OR_RETURN(client::Client client, client::Client::Create({.endpoint = load_.endpoint}));
    clients_.push_back(std::move(client));
  }
  return InParallel(clients_.size(), kFillers, [this](uint64_t i) {
    RETURN_IF_ERROR(Read(clients_[i], kSmallBytes, i % kSmallObjects));
    return clients_[i]
        .PutObject(kBucket, absl::StrCat(prefix_, "first/", i), absl::string_view(small_))
        .status();
  });
}

int64_t Run::DueAfter(uint64_t number) const {
  int64_t after = 0;
  for (const MixedLoad::Stretch& stretch : load_.schedule) {
    const auto count = static_cast<uint64_t>(stretch.per_second * stretch.seconds);
    if (number < count) {
      return after +
             static_cast<int64_t>(static_cast<double>(number) * kSecond / stretch.per_second);
    }
    number -= count;
    after += static_cast<int64_t>(stretch.seconds * kSecond);
  }
  return after;
}

absl::Status Run::Do(const client::Client& client, Operation operation, uint64_t number) const {
  const uint64_t any = Mixed(number + 0x9e3779b97f4a7c15);
  switch (operation) {
    case Operation::kGetSmall:
      return Read(client, kSmallBytes, any % kSmallObjects);
    case Operation::kGetLarge:
      return Read(client, kLargeBytes, any % kLargeObjects);
    case Operation::kPutSmall:
    case Operation::kPutLarge:
      break;
  }
  const absl::string_view bytes = operation == Operation::kPutSmall ? small_ : large_;
  client::PutObjectOptions options;
  options.content_length = bytes.size();
  return client.PutObject(kBucket, absl::StrCat(prefix_, number), bytes, options).status();
}

void Run::Failed(Operation operation, const absl::Status& status) {
  MutexLock lock(&mutex_);
  if (result_.errors.size() >= kErrorsKept) return;
  const bool put = operation == Operation::kPutSmall || operation == Operation::kPutLarge;
  result_.errors.push_back(absl::StrCat(put ? "put" : "get", ": ", status.ToString()));
}

void Run::Work(int thread) {
  const client::Client& client = clients_[static_cast<size_t>(thread) % clients_.size()];
  const int64_t ends_us =
      begin_us_ + (closed() ? static_cast<int64_t>(load_.closed_seconds * kSecond) : schedule_us_);
  const int64_t most_late_us = load_.most_late == absl::InfiniteDuration()
                                   ? INT64_MAX
                                   : absl::ToInt64Microseconds(load_.most_late);
  std::vector<Sample> samples;
  if (closed()) SleepUntil(begin_us_);
  while (true) {
    if (closed() && NowMicros() >= ends_us) break;
    const uint64_t number = next_++;
    if (!closed() && number >= scheduled_) break;
    Sample sample{.operation = OperationOf(number)};
    if (closed()) {
      sample.due_us = NowMicros();
    } else {
      sample.due_us = begin_us_ + DueAfter(number);
      SleepUntil(sample.due_us);
      const int64_t now = NowMicros();
      if (now - sample.due_us > most_late_us || now > ends_us + kPatienceAfterSchedule) {
        sample.outcome = Outcome::kNotBegun;
        sample.ended_us = now;
        samples.push_back(sample);
        continue;
      }
    }
    const absl::Status status = Do(client, sample.operation, number);
    sample.ended_us = NowMicros();
    if (!status.ok()) {
      sample.outcome = Outcome::kFailed;
      Failed(sample.operation, status);
    }
    samples.push_back(sample);
  }
  MutexLock lock(&mutex_);
  result_.samples.insert(result_.samples.end(), samples.begin(), samples.end());
}

MixedLoadResult Run::Make(int64_t begin_us) {
  begin_us_ = begin_us;
  std::vector<std::thread> threads;
  threads.reserve(static_cast<size_t>(load_.threads));
  for (int i = 0; i < load_.threads; ++i) threads.emplace_back([this, i] { Work(i); });
  for (std::thread& thread : threads) thread.join();
  MutexLock lock(&mutex_);
  return std::move(result_);
}

}  // namespace

absl::Status FillForMixedLoad(const std::string& endpoint) {
  ASSIGN_OR_RETURN(const client::Client client, client::Client::Create({.endpoint = endpoint}));
  const absl::Status made = client.CreateBucket(kBucket).status();
  if (!made.ok() && !absl::IsAlreadyExists(made)) return made;
  for (const auto& [size, objects] :
       {std::pair(kSmallBytes, kSmallObjects), std::pair(kLargeBytes, kLargeObjects)}) {
    const std::string bytes = RandomBytes(size);
    RETURN_IF_ERROR(InParallel(objects, kFillers, [&, size = size](uint64_t number) {
      RETURN_IF_ERROR(client.PutObject(kBucket, ReadKey(size, number), bytes).status());
      return Read(client, size, number);
    }));
  }
  return absl::OkStatus();
}

absl::StatusOr<MixedLoadResult> RunMixedLoad(const MixedLoad& load,
                                             const std::function<void(int64_t)>& begins) {
  Run run(load);
  RETURN_IF_ERROR(run.Connect());
  const int64_t begin_us = NowMicros() + kUntilFirst;
  begins(begin_us);
  return run.Make(begin_us);
}

}  // namespace trebol::bench
