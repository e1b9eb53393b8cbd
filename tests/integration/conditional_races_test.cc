// Many clients change the same names at the same moment, through two gateways: of each race one
// wins, and what is stored afterwards is what the winner said.
#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/testing/made_bytes.h"
#include "tests/testing/seed.h"
#include "tests/testing/story.h"

namespace trebol {
namespace {

using client::Client;
using client::ErrorReason;
using client::Preconditions;
using client::ReasonOf;

constexpr int kClients = 20;
constexpr int kKeys = 200;

class ConditionalRaces : public testing::Story {
 protected:
  void SetUp() override {
    StartCluster({.gateways = 2});
    ASSERT_FALSE(HasFatalFailure());
    ASSERT_TRUE(client().CreateBucket("bucket").ok());
    for (int i = 0; i < kClients; ++i) {
      clients_.push_back(ClientOf(cluster().GatewayEndpoints()[static_cast<size_t>(i) % 2]));
    }
  }

  static std::string Key(int key) { return absl::StrCat("key-", key); }

  /// Runs `attempt` for every key by every client, each client in an order of its own.
  void Race(const std::function<void(int client, int key)>& attempt) {
    const uint32_t seed = static_cast<uint32_t>(TestSeed());
    std::vector<std::thread> threads;
    for (int c = 0; c < kClients; ++c) {
      threads.emplace_back([&attempt, c, seed] {
        std::vector<int> keys(kKeys);
        for (int key = 0; key < kKeys; ++key) keys[static_cast<size_t>(key)] = key;
        // Nearby clients begin with the same keys, so that they meet.
        std::mt19937 random(seed + static_cast<uint32_t>(c) / 10);
        std::shuffle(keys.begin(), keys.end(), random);
        for (const int key : keys) attempt(c, key);
      });
    }
    for (std::thread& thread : threads) thread.join();
  }

  /// `change` tries to win a key; each must have one winner, the others the reason that fits.
  void ExpectOneWinner(
      const std::function<absl::Status(const Client&, int client, int key)>& change,
      const std::vector<ErrorReason>& losers) {
    std::vector<std::atomic<int>> won(kKeys);
    std::vector<std::atomic<int>> winner(kKeys);
    Race([&](int c, int key) {
      const absl::Status status = change(clients_[static_cast<size_t>(c)], c, key);
      if (status.ok()) {
        ++won[static_cast<size_t>(key)];
        winner[static_cast<size_t>(key)] = c;
      } else {
        EXPECT_THAT(losers, ::testing::Contains(ReasonOf(status))) << status;
      }
    });
    for (size_t key = 0; key < kKeys; ++key) {
      EXPECT_EQ(won[key], 1) << key;
      winners_[static_cast<int>(key)] = winner[key];
    }
  }

  struct Upload {
    client::MultipartUpload id;
    client::PartInfo part;
  };
  /// An upload to the key with one part, "by " and the client's number.
  Upload BeginUpload(int c, int key) {
    const Client& client = clients_[static_cast<size_t>(c)];
    const auto upload = client.CreateMultipartUpload("bucket", Key(key));
    EXPECT_TRUE(upload.ok()) << upload.status();
    if (!upload.ok()) return {};
    const std::string bytes = absl::StrCat("by ", c);
    size_t at = 0;
    const auto part = client.UploadPart(*upload, 1, [&bytes, &at](char* to, size_t size) {
      const size_t piece = bytes.copy(to, size, at);
      at += piece;
      return absl::StatusOr<size_t>(piece);
    });
    EXPECT_TRUE(part.ok()) << part.status();
    return {*upload, part.value_or(client::PartInfo())};
  }

  std::string Content(const std::string& key) {
    std::string bytes;
    const auto info = client().GetObject("bucket", key, [&bytes](absl::string_view piece) {
      absl::StrAppend(&bytes, piece);
      return absl::OkStatus();
    });
    return info.ok() ? bytes : std::string(info.status().message());
  }

  std::vector<Client> clients_;
  std::map<int, int> winners_;
};

TEST_F(ConditionalRaces, OneOfManyCreates) {
  ExpectOneWinner(
      [](const Client& client, int c, int key) {
        return client
            .PutObject("bucket", Key(key), absl::StrCat("by ", c),
                       {.preconditions = Preconditions::IfAbsent()})
            .status();
      },
      {ErrorReason::kPreconditionFailed});
  for (int key = 0; key < kKeys; ++key) {
    EXPECT_EQ(Content(Key(key)), absl::StrCat("by ", winners_[key]));
  }
}

TEST_F(ConditionalRaces, OneOfManyReplacesCopiesOverCompletesOrDeletesAVersion) {
  std::map<int, std::string> etags;
  ASSERT_TRUE(client().PutObject("bucket", "source", "copied").ok());
  for (int key = 0; key < kKeys; ++key) {
    const auto info = client().PutObject("bucket", Key(key), "first");
    ASSERT_TRUE(info.ok());
    etags[key] = info->etag;
  }
  // What a client tries differs from key to key: those that lead win by every kind of change.
  const auto kind = [](int c, int key) { return (c + key) % 4; };
  std::vector<std::map<int, Upload>> uploads(kClients);
  Race([&](int c, int key) {
    if (kind(c, key) == 3) uploads[static_cast<size_t>(c)][key] = BeginUpload(c, key);
  });
  ASSERT_FALSE(HasFailure());
  ExpectOneWinner(
      [&](const Client& client, int c, int key) {
        const Preconditions unchanged = Preconditions::IfMatch(etags.at(key));
        switch (kind(c, key)) {
          case 0:
            return client.DeleteObject("bucket", Key(key), {.preconditions = unchanged}).status();
          case 1:
            return client
                .CopyObject("bucket", "source", "bucket", Key(key), {.preconditions = unchanged})
                .status();
          case 2:
            return client
                .PutObject("bucket", Key(key), absl::StrCat("by ", c), {.preconditions = unchanged})
                .status();
          default: {
            const Upload& upload = uploads[static_cast<size_t>(c)].at(key);
            return client
                .CompleteMultipartUpload(upload.id, {upload.part}, {.preconditions = unchanged})
                .status();
          }
        }
      },
      {ErrorReason::kPreconditionFailed, ErrorReason::kObjectNotFound});
  std::map<int, int> won;  // by kind
  for (int key = 0; key < kKeys; ++key) {
    const int winner = winners_[key];
    const int won_by = kind(winner, key);
    ++won[won_by];
    const std::string content = Content(Key(key));
    if (won_by == 0) EXPECT_THAT(content, ::testing::HasSubstr("there is no object"));
    if (won_by == 1) EXPECT_EQ(content, "copied");
    if (won_by >= 2) EXPECT_EQ(content, absl::StrCat("by ", winner));
  }
  std::printf("won: %d deletes, %d copies, %d puts, %d completes\n", won[0], won[1], won[2],
              won[3]);
  for (int by = 0; by < 4; ++by) EXPECT_GT(won[by], 0) << by;
}

TEST_F(ConditionalRaces, CompleteAgainstPartsAbortAndASecondComplete) {
  constexpr int kUploads = 40;
  std::atomic<int> completed = 0;
  std::atomic<int> aborted = 0;
  for (int i = 0; i < kUploads; ++i) {
    const auto upload = client().CreateMultipartUpload("bucket", Key(i));
    ASSERT_TRUE(upload.ok()) << upload.status();
    const auto part = [&upload](const Client& by, const std::string& bytes) {
      size_t at = 0;
      return by.UploadPart(*upload, 1, [&bytes, at](char* to, size_t size) mutable {
        const size_t piece = bytes.copy(to, size, at);
        at += piece;
        return absl::StatusOr<size_t>(piece);
      });
    };
    const auto first = part(clients_[0], "first");
    ASSERT_TRUE(first.ok()) << first.status();
    std::vector<absl::StatusOr<client::ObjectInfo>> completes(2);
    absl::Status abort;
    std::vector<std::thread> threads;
    for (size_t c = 0; c < 2; ++c) {
      threads.emplace_back(
          [&, c] { completes[c] = clients_[c].CompleteMultipartUpload(*upload, {*first}); });
    }
    threads.emplace_back([&] {
      const auto second = part(clients_[2], "second");
      if (!second.ok()) EXPECT_EQ(ReasonOf(second.status()), ErrorReason::kUploadNotFound);
    });
    const bool aborts = i % 2 == 0;
    if (aborts) {
      threads.emplace_back([&] { abort = clients_[3].AbortMultipartUpload(*upload); });
    }
    for (std::thread& thread : threads) thread.join();

    bool done = false;
    for (const auto& complete : completes) {
      if (complete.ok()) {
        done = true;
        continue;
      }
      // The part that it named was replaced, or the upload was aborted.
      EXPECT_THAT((std::vector{ErrorReason::kInvalidPart, ErrorReason::kUploadNotFound,
                               ErrorReason::kUploadChanged}),
                  ::testing::Contains(ReasonOf(complete.status())))
          << complete.status();
    }
    if (completes[0].ok() && completes[1].ok()) {
      EXPECT_EQ(completes[0]->version, completes[1]->version);
    }
    if (done) {
      ++completed;
      EXPECT_EQ(Content(Key(i)), "first");
      if (aborts) EXPECT_EQ(ReasonOf(abort), ErrorReason::kUploadNotFound);
    } else {
      EXPECT_THAT(Content(Key(i)), ::testing::HasSubstr("there is no object"));
      if (aborts && abort.ok()) ++aborted;
    }
  }
  std::printf("%d completed, %d aborted first\n", completed.load(), aborted.load());
  EXPECT_GT(completed, 0);
}

TEST_F(ConditionalRaces, ACopyAgainstTheDeletionOfItsSource) {
  constexpr int kRounds = 200;
  int copied = 0;
  for (int i = 0; i < kRounds; ++i) {
    const std::string bytes = absl::StrCat("bytes of ", i);
    ASSERT_TRUE(client().PutObject("bucket", "source", bytes).ok());
    absl::Status copy;
    std::thread copier(
        [&] { copy = clients_[0].CopyObject("bucket", "source", "bucket", Key(i)).status(); });
    std::thread remover([&] { EXPECT_TRUE(clients_[1].DeleteObject("bucket", "source").ok()); });
    copier.join();
    remover.join();
    if (copy.ok()) {
      ++copied;
    } else {
      EXPECT_EQ(ReasonOf(copy), ErrorReason::kObjectNotFound) << copy;
      ASSERT_TRUE(client().PutObject("bucket", Key(i), bytes).ok());
    }
  }
  std::printf("%d of %d copies came before the deletion\n", copied, kRounds);
  // The sources are collected, the copies are not.
  EXPECT_TRUE(AwaitStatus(
      "no garbage", [](const client::ClusterStatus& status) { return status.garbage_bytes == 0; }));
  for (int i = 0; i < kRounds; ++i) EXPECT_EQ(Content(Key(i)), absl::StrCat("bytes of ", i));
}

}  // namespace
}  // namespace trebol
