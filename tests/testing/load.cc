#include "tests/testing/load.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/check.h"
#include "common/base/error.h"

namespace trebol::testing {
namespace {

constexpr size_t kKeysOfWorker = 60;  // few, so that keys are overwritten and deleted
constexpr size_t kErrorsKept = 8;

client::Client ClientOf(const std::string& endpoint, const Load::Options& options) {
  auto client = client::Client::Create({.endpoint = endpoint,
                                        .timeout = options.client_timeout,
                                        .idle_timeout = options.idle_timeout});
  TREBOL_CHECK(client.ok());
  return *std::move(client);
}

bool Await(const std::function<bool()>& done, absl::Duration patience) {
  for (const absl::Time deadline = absl::Now() + patience; absl::Now() < deadline;) {
    if (done()) return true;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return done();
}

}  // namespace

Load::Load(Options options) : options_(std::move(options)) {
  next_seed_ = options_.seed << 32 | 1;
  for (int i = 0; i < options_.workers; ++i) {
    workers_.push_back(std::make_unique<Worker>(
        Worker{.number = i, .random = std::mt19937_64(options_.seed * 1000 + i)}));
  }
}

void Load::Start() {
  stop_ = false;
  for (const auto& worker : workers_) {
    const std::string& endpoint = options_.endpoints[worker->number % options_.endpoints.size()];
    worker->thread = std::thread(
        [this, &worker = *worker, endpoint] { Run(worker, ClientOf(endpoint, options_)); });
  }
}

void Load::Stop() {
  stop_ = true;
  for (const auto& worker : workers_) {
    if (worker->thread.joinable()) worker->thread.join();
  }
}

void Load::Run(Worker& worker, const client::Client& client) {
  while (!stop_) {
    switch (worker.random() % 10) {
      case 0:
      case 1:
        Delete(worker, client);
        break;
      case 2:
      case 3:
      case 4:
      case 5:
        Get(worker, client);
        break;
      default:
        Put(worker, client);
    }
  }
}

std::string Load::PickKey(Worker& worker, bool for_write) {
  std::vector<const std::string*> keys;
  size_t usable = 0;
  for (const auto& [key, entry] : worker.ledger) {
    if (!entry.in_doubt()) ++usable;
    if (!for_write || !entry.in_doubt()) keys.push_back(&key);
  }
  if (keys.empty() || (for_write && usable < kKeysOfWorker)) {
    const std::string key = absl::StrCat("worker-", worker.number, "/", worker.next_key++);
    worker.ledger[key].possible = {State()};
    return key;
  }
  return *keys[worker.random() % keys.size()];
}

void Load::Ended(Entry& entry, const absl::Status& status, const State& wanted,
                 std::atomic<uint64_t>& acknowledged) {
  if (status.ok()) {
    for (const State& state : entry.possible) {
      if (state.has_value()) entry.past.push_back(*state);
    }
    entry.possible = {wanted};
    ++acknowledged;
  } else if (IsAmbiguous(status)) {
    entry.possible.push_back(wanted);
    ++unknown_;
  } else {
    ++refused_;
  }
}

void Load::Put(Worker& worker, const client::Client& client) {
  const std::string key = PickKey(worker, /*for_write=*/true);
  const bool large = worker.random() % options_.large_every == 0;
  const MadeBytes body{next_seed_++,
                       worker.random() % ((large ? options_.large_size : options_.max_size) + 1)};
  const absl::Status status = client.PutObject(options_.bucket, key, body.Source()).status();
  Ended(worker.ledger[key], status, body, puts_);
  if (!status.ok()) Failed("put", key, status);
}

void Load::Delete(Worker& worker, const client::Client& client) {
  const std::string key = PickKey(worker, /*for_write=*/true);
  const absl::Status status = client.DeleteObject(options_.bucket, key).status();
  Ended(worker.ledger[key], status, State(), deletes_);
  if (!status.ok()) Failed("delete", key, status);
}

void Load::Get(Worker& worker, const client::Client& client) {
  const std::string key = PickKey(worker, /*for_write=*/false);
  const absl::Status status = Check(client, key, worker.ledger[key]);
  if (status.ok()) {
    ++gets_;
  } else {
    ++failed_reads_;
    Failed("get", key, status);
  }
}

/// Not OK when the read itself failed; what a read found that cannot be is a violation.
absl::Status Load::Check(const client::Client& client, const std::string& key, const Entry& entry) {
  std::string bytes;
  const auto info = client.GetObject(options_.bucket, key, [&bytes](absl::string_view part) {
    bytes.append(part.data(), part.size());
    return absl::OkStatus();
  });
  const bool absent = ReasonOf(info.status()) == v1::OBJECT_NOT_FOUND;
  if (!info.ok() && !absent) return info.status();
  const bool possible =
      std::any_of(entry.possible.begin(), entry.possible.end(), [&](const State& state) {
        if (!state.has_value() || absent) return !state.has_value() && absent;
        return state->size == bytes.size() && state->Matches(0, bytes);
      });
  if (possible) return absl::OkStatus();
  std::string expected;
  for (const State& state : entry.possible) {
    absl::StrAppend(
        &expected, expected.empty() ? "" : " or ",
        state.has_value() ? absl::StrCat(state->size, " bytes of seed ", state->seed) : "nothing");
  }
  const bool old = std::any_of(entry.past.begin(), entry.past.end(), [&](const MadeBytes& past) {
    return !absent && past.size == bytes.size() && past.Matches(0, bytes);
  });
  const bool deleted = entry.possible.size() == 1 && !entry.possible[0].has_value();
  const std::string found =
      absl::StrCat(", expected ", expected, ", found ",
                   absent ? "nothing" : absl::StrCat(old ? "older " : "", bytes.size(), " bytes"));
  if (deleted && old) {
    Violates(key, absl::StrCat("UNDELETED", found), &Losses::undeleted);
  } else if (absent || old) {
    Violates(key, absl::StrCat("LOST", found), &Losses::lost);
  } else {
    Violates(key, absl::StrCat("CORRUPT", found), &Losses::corrupt);
  }
  return absl::OkStatus();
}

void Load::Violates(const std::string& key, absl::string_view how, uint64_t Losses::* kind) {
  MutexLock lock(&mutex_);
  ++(losses_.*kind);
  violations_.push_back(absl::StrCat(key, ": ", how));
}

size_t Load::Verify(const client::Client& client) {
  size_t keys = 0;
  for (const auto& worker : workers_) {
    for (const auto& [key, entry] : worker->ledger) {
      ++keys;
      const absl::Status status = Check(client, key, entry);
      if (status.ok()) continue;
      Violates(key, absl::StrCat("cannot be read: ", status.ToString()), &Losses::unreadable);
    }
  }
  return keys;
}

void Load::Failed(absl::string_view what, const std::string& key, const absl::Status& status) {
  {
    MutexLock lock(&mutex_);
    if (errors_.size() < kErrorsKept) {
      errors_.push_back(absl::StrCat(what, " ", key, ": ", status.ToString()));
    }
  }
  absl::SleepFor(absl::Milliseconds(20));  // a cluster that is down is not hammered
}

Load::Counts Load::counts() const {
  return {puts_, gets_, deletes_, unknown_, refused_, failed_reads_};
}

bool Load::AwaitWrites(uint64_t n, absl::Duration patience) const {
  const uint64_t goal = counts().writes() + n;
  return Await([this, goal] { return counts().writes() >= goal; }, patience);
}

bool Load::AwaitReads(uint64_t n, absl::Duration patience) const {
  const uint64_t goal = gets_ + n;
  return Await([this, goal] { return gets_ >= goal; }, patience);
}

Load::Losses Load::losses() const {
  MutexLock lock(&mutex_);
  return losses_;
}

std::vector<std::string> Load::violations() const {
  MutexLock lock(&mutex_);
  return violations_;
}

std::vector<std::string> Load::errors() const {
  MutexLock lock(&mutex_);
  return errors_;
}

}  // namespace trebol::testing
