#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "client/client.h"
#include "common/base/mutex.h"
#include "tests/testing/made_bytes.h"

namespace trebol::testing {

/// Concurrent puts, gets and deletes, and outside the cluster a ledger of what it acknowledged.
///
/// Each worker has keys of its own and works on one after the other, so that of every key it is
/// known what it must be: the last acknowledged state. A write whose outcome is unknown leaves two
/// possible states for ever, and its key is never written again: it may still take effect late.
///
/// Start, Stop and Verify on one thread, in turns; the counters at any time.
class Load {
 public:
  struct Options {
    std::vector<std::string> endpoints;  // worker i uses number i, round and round
    std::string bucket = "load";
    int workers = 4;
    uint64_t seed = 1;
    absl::Duration client_timeout = absl::Seconds(30);
    absl::Duration idle_timeout = absl::Seconds(60);  // of a transfer that moves nothing
    uint64_t max_size = 96 * 1024;                    // bytes
    uint64_t large_size = 9'000'000;                  // of one put in large_every: several chunks
    int large_every = 25;
  };

  struct Counts {
    uint64_t puts = 0, gets = 0, deletes = 0;  // acknowledged
    uint64_t unknown = 0;                      // writes that ended in doubt
    uint64_t refused = 0;                      // writes that were definitely not done
    uint64_t failed_reads = 0;
    uint64_t writes() const { return puts + deletes; }
  };

  /// Keys of which a read showed what cannot be, by kind; a line of violations() each.
  struct Losses {
    uint64_t lost = 0;        // absent, or older than what was acknowledged
    uint64_t corrupt = 0;     // bytes that were never put there
    uint64_t undeleted = 0;   // there, after an acknowledged deletion
    uint64_t unreadable = 0;  // of Verify: an error where there must be an answer
    uint64_t all() const { return lost + corrupt + undeleted + unreadable; }
  };

  explicit Load(Options options);
  ~Load() { Stop(); }

  /// The bucket must exist. What earlier rounds left stays in the ledger.
  void Start();
  void Stop();

  Counts counts() const;
  Losses losses() const;
  /// Returns when `n` more writes were acknowledged; false after `patience`.
  bool AwaitWrites(uint64_t n, absl::Duration patience) const;
  bool AwaitReads(uint64_t n, absl::Duration patience) const;

  /// What reads found that cannot be, a line each: lost, corrupt, or deleted and there again.
  std::vector<std::string> violations() const;
  /// Errors of calls, the first few, for the reader of a failure.
  std::vector<std::string> errors() const;

  /// Reads every key of the ledger and adds to violations(). Returns how many keys it read.
  size_t Verify(const client::Client& client);

 private:
  using State = std::optional<MadeBytes>;  // nothing: absent
  struct Entry {
    std::vector<State> possible;  // one, unless in doubt
    std::vector<MadeBytes> past;  // what was there once
    bool in_doubt() const { return possible.size() > 1; }
  };
  struct Worker {
    int number = 0;
    std::mt19937_64 random{};
    std::map<std::string, Entry> ledger{};
    uint64_t next_key = 0;
    std::thread thread{};
  };

  void Run(Worker& worker, const client::Client& client);
  void Put(Worker& worker, const client::Client& client);
  void Delete(Worker& worker, const client::Client& client);
  void Get(Worker& worker, const client::Client& client);
  std::string PickKey(Worker& worker, bool for_write);
  void Ended(Entry& entry, const absl::Status& status, const State& wanted,
             std::atomic<uint64_t>& acknowledged);
  absl::Status Check(const client::Client& client, const std::string& key, const Entry& entry);
  void Failed(absl::string_view what, const std::string& key, const absl::Status& status);

  const Options options_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::atomic<bool> stop_ = true;
  std::atomic<uint64_t> next_seed_ = 1;
  std::atomic<uint64_t> puts_ = 0, gets_ = 0, deletes_ = 0, unknown_ = 0, refused_ = 0,
                        failed_reads_ = 0;
  mutable Mutex mutex_;
  void Violates(const std::string& key, absl::string_view how, uint64_t Losses::* kind);

  Losses losses_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> violations_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> errors_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol::testing
