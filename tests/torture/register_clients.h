#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "client/client.h"
#include "common/base/mutex.h"
#include "tests/linearizability/history.h"

namespace trebol::torture {

/// Clients that share a few keys, each through any gateway, and record what they did and saw: put,
/// put if absent, put and delete if it is still a version seen before, delete, get, head. A key is
/// given up for a new one before its history is too long to be judged.
///
/// What a put writes is told by its number, which is in the metadata of the object and gives its
/// bytes: so a read knows which put it sees, and that the bytes are those of that one.
class RegisterClients {
 public:
  struct Options {
    std::vector<std::string> endpoints;
    std::string bucket = "register";  // must exist
    uint64_t seed = 1;
    int clients = 6;
    int keys = 8;  // at a time
    int operations_of_key = 90;
    int open_of_key = 8;  // writes of unknown outcome, which make judging slow
    absl::Duration think = absl::Milliseconds(20);  // on average, between two operations
    absl::Duration timeout = absl::Seconds(5);      // of a call
    uint64_t large_size = 5'000'000;                // bytes, of one put in large_every
    int large_every = 60;
  };

  explicit RegisterClients(Options options);
  ~RegisterClients() { Stop(); }

  void Start();
  void Stop();

  const linearizability::History& history() const { return history_; }
  /// Bytes that were not those of the object's number, objects without one: a line each. Beside
  /// them those of history().Conflicts().
  std::vector<std::string> violations() const;
  /// How often calls failed, by what they said.
  std::map<std::string, uint64_t> errors() const;
  uint64_t operations() const { return operations_; }

 private:
  struct Key {
    std::string name;
    int begun = 0, open = 0;
    std::vector<std::pair<std::string, linearizability::Value>> seen{};  // etags, the last few
  };
  struct Call;

  void Run(int number);
  void Operate(int number, const client::Client& client, std::mt19937_64& random);
  /// Takes a place in the history of one of the present keys.
  Call Choose(int number, std::mt19937_64& random);
  void Put(const client::Client& client, const Call& call);
  void Delete(const client::Client& client, const Call& call);
  void Read(const client::Client& client, const Call& call);
  void EndWrite(const Call& call, const absl::Status& status, bool existed);
  void Saw(const std::string& key, linearizability::Value value, const std::string& etag);
  void Violates(const std::string& what);
  void CountError(const absl::Status& status);

  const Options options_;
  linearizability::History history_;
  std::vector<std::thread> threads_;
  std::atomic<bool> stop_ = true;
  std::atomic<uint64_t> operations_ = 0;
  mutable Mutex mutex_;
  std::vector<Key> keys_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_key_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> violations_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, uint64_t> errors_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trebol::torture
