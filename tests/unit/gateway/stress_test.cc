// Random uploads, downloads, faults and cancellations for a few seconds. What was acknowledged
// reads back whole; what failed is decided; in the end nothing is held.
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>
#include <thread>

#include "common/checksum/crc32c.h"
#include "tests/testing/gateway_rig.h"
#include "tests/testing/seed.h"

namespace trebol {
namespace {

class Client {
 public:
  Client(GatewayRig& rig, uint32_t seed, int number)
      : rig_(rig),
        random_(seed + static_cast<uint32_t>(number)),
        name_("c" + std::to_string(number)) {}

  void Run(std::chrono::steady_clock::time_point until) {
    while (std::chrono::steady_clock::now() < until) {
      if (random_() % 2 == 0) {
        Upload();
      } else {
        Download();
      }
    }
  }

  int acknowledged = 0;
  int failed = 0;
  int read = 0;

 private:
  std::thread CancelSometimes(const RequestContextPtr& context) {
    if (random_() % 4 != 0) return std::thread();
    const auto after = std::chrono::microseconds(random_() % 3000);
    return std::thread([context, after] {
      std::this_thread::sleep_for(after);
      context->cancellation->Cancel();
    });
  }

  void Upload() {
    const std::string key = name_ + "-" + std::to_string(random_() % 4);
    const std::string content = GatewayRig::Text(random_() % 6000, random_());
    std::vector<std::string> pieces;
    const size_t piece = 1 + random_() % 2500;
    for (size_t i = 0; i < content.size(); i += piece) pieces.push_back(content.substr(i, piece));
    auto body = std::make_shared<MemoryBody>(pieces);
    if (random_() % 8 == 0) body->end = absl::CancelledError("gone");
    auto header = rig_.HeaderOf(key);
    if (random_() % 8 == 0) header.set_content_length(random_() % 6000);
    auto context = BackgroundContext();
    std::thread cancel = CancelSometimes(context);
    const auto info = rig_.Put(header, body, context);
    if (cancel.joinable()) cancel.join();
    if (info.ok()) {
      ++acknowledged;
      known_[key] = {content};
    } else {
      ++failed;
      // Unknown: either the old or the new. What is decided as given up never appears, but a commit
      // that was answered ambiguously may have happened.
      known_[key].push_back(content);
      if (known_[key].size() == 1) known_[key].push_back(kAbsent);
    }
  }

  void Download() {
    if (known_.empty()) return;
    auto at = known_.begin();
    std::advance(at, random_() % known_.size());
    MemoryWriter writer;
    const absl::Status status = rig_.Get(at->first, &writer);
    if (!status.ok()) {
      const bool may_be_absent =
          std::find(at->second.begin(), at->second.end(), kAbsent) != at->second.end();
      EXPECT_TRUE(absl::IsUnavailable(status) || (absl::IsNotFound(status) && may_be_absent))
          << at->first << ": " << status;
      return;
    }
    ++read;
    EXPECT_NE(std::find(at->second.begin(), at->second.end(), writer.bytes), at->second.end())
        << at->first << " has bytes that nobody wrote";
  }

  const std::string kAbsent = "there is no such object";
  GatewayRig& rig_;
  std::mt19937 random_;
  const std::string name_;
  std::map<std::string, std::vector<std::string>> known_;  // what a read may find
};

TEST(GatewayStress, KeepsItsPromisesUnderFaultsAndCancellations) {
  const auto seed = static_cast<uint32_t>(TestSeed());
  GatewayRig rig(9000, 3);
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(4);
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<Client>(rig, seed, i));
    threads.emplace_back([client = clients.back().get(), until] { client->Run(until); });
  }
  std::mt19937 random(seed ^ 0x5EED);
  int faults = 0;
  while (std::chrono::steady_clock::now() < until) {
    // One node at a time: two good copies always remain of what was acknowledged while it was good.
    const std::string node = "n" + std::to_string(1 + random() % 3);
    switch (random() % 5) {
      case 0:
        rig.storage->Hold(node);
        break;
      case 1:
        rig.storage->Set(
            node, {.put = absl::UnavailableError("away"), .get = absl::UnavailableError("away")});
        break;
      case 2:
        rig.storage->Set(node, {.flip = true});
        break;
      case 3:
        rig.metadata->FailNext(v1::Command::kPutObject, absl::UnavailableError("lost"),
                               random() % 2 == 0);
        break;
      case 4:
        rig.metadata->FailNext(v1::Command::kAbandonVersion, absl::UnavailableError("lost"),
                               random() % 2 == 0);
        break;
    }
    ++faults;
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 20));
    rig.clock.Advance(absl::Seconds(2));
    rig.writer->Tick();
    rig.storage->Set(node, {});
    rig.storage->Release(node);
    (void)rig.runtime.BlockOn(rig.session->Tick(BackgroundContext()));
  }
  for (std::thread& thread : threads) thread.join();
  int acknowledged = 0;
  int failed = 0;
  int read = 0;
  for (const auto& client : clients) {
    acknowledged += client->acknowledged;
    failed += client->failed;
    read += client->read;
  }
  std::printf("%d uploads acknowledged, %d failed, %d downloads, %d faults\n", acknowledged, failed,
              read, faults);
  EXPECT_GT(acknowledged, 20);
  EXPECT_GT(failed, 5);
  EXPECT_GT(read, 20);
  EXPECT_GT(faults, 20);
  // Everything is decided, and nothing is held any more.
  EXPECT_TRUE(GatewayRig::Until([&] {
    rig.clock.Advance(absl::Seconds(3));
    rig.writer->Tick();
    return rig.memory_in_use() == 0 && rig.read_memory->available() == rig.memory_bytes &&
           rig.Renewed().open().empty();
  }));
}

}  // namespace
}  // namespace trebol
