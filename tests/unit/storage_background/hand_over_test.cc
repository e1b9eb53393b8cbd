// Who is no member gives away what it holds, and gives a copy up only when every member has
// answered for it, at exactly the epoch under which it is given up.
#include "storage-node/background/hand_over.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/storage_background/node_rig.h"

namespace trebol {
namespace {

using Fate = NodeRig::Fate;

/// Nodes 1, 2 and 3 serve; 4 holds a stray.
class HandOverTest : public testing::Test {
 protected:
  HandOverTest() { rig_.Store(4, 1); }
  void StoreAtMembers() {
    for (uint64_t member : {1, 2, 3}) rig_.Store(member, 1);
  }
  void Tick() { rig_.hand_over(4).Tick(); }
  /// Calls to this node get lost from now on, or on the way back.
  void Lose(uint64_t node, Fate fate) {
    rig_.network.fate = [endpoint = NodeRig::EndpointOf(node), fate](const std::string& to) {
      return to == endpoint ? fate : Fate::kDelivered;
    };
  }
  void ExpectKept() {
    EXPECT_TRUE(rig_.Has(4, 1)) << "LOST: given up without proof";
    EXPECT_EQ(rig_.hand_over(4).report().forgotten_chunks, 0u);
  }
  void ExpectForgotten() {
    EXPECT_FALSE(rig_.Has(4, 1));
    EXPECT_EQ(rig_.hand_over(4).report().forgotten_chunks, 1u);
    EXPECT_THAT(rig_.hand_over(4).report().partitions, testing::IsEmpty());
  }

  NodeRig rig_{{1, 2, 3}};
};

TEST_F(HandOverTest, GivesToMembersWhatTheyLackAndForgetsIt) {
  rig_.Store(2, 1);
  Tick();
  for (uint64_t member : {1, 2, 3}) EXPECT_TRUE(rig_.HasGood(member, 1)) << member;
  EXPECT_EQ(rig_.hand_over(4).report().pushed_chunks, 2u);
  ExpectForgotten();
}

TEST_F(HandOverTest, KeepsWhatOneMemberDidNotAnswerFor) {
  StoreAtMembers();
  for (const Fate fate : {Fate::kRequestLost, Fate::kAnswerLost}) {
    for (const uint64_t member : {1, 2, 3}) {
      Lose(member, fate);
      Tick();
      ExpectKept();
      EXPECT_FALSE(rig_.hand_over(4).report().problem.ok()) << member;
    }
  }
  rig_.network.fate = [](const std::string&) { return Fate::kDelivered; };
  Tick();
  ExpectForgotten();
}

TEST_F(HandOverTest, KeepsWhatAMemberCouldNotStore) {
  rig_.Store(1, 1);
  rig_.Store(2, 1);
  rig_.store(3).failure = absl::ResourceExhaustedError("full");
  Tick();
  ExpectKept();
  rig_.store(3).failure = absl::OkStatus();
  Tick();
  ExpectForgotten();
  EXPECT_TRUE(rig_.HasGood(3, 1));
}

TEST_F(HandOverTest, AsksNobodyWhileAMemberIsDownOrStillCopies) {
  StoreAtMembers();
  int calls = 0;
  rig_.network.fate = [&calls](const std::string&) {
    ++calls;
    return Fate::kDelivered;
  };
  rig_.SetDown(3, true);
  rig_.InstallAll();
  Tick();
  rig_.SetDown(3, false);
  rig_.Change({1, 2}, {3}, {4});
  rig_.InstallAll();
  Tick();
  EXPECT_EQ(calls, 0);
  ExpectKept();
  rig_.Change({1, 2, 3}, {}, {4});
  rig_.InstallAll();
  Tick();
  EXPECT_GT(calls, 0);
  ExpectForgotten();
}

TEST_F(HandOverTest, KeepsWhatAMemberWouldAnswerForUnderANewerEpoch) {
  StoreAtMembers();
  // Node 5 joins, and may count on the copy here; 4 has not heard of it.
  rig_.Change({1, 2}, {5}, {3, 4});
  rig_.Install(2);
  Tick();
  ExpectKept();
}

TEST_F(HandOverTest, AMemberThatIsBehindInstallsTheEntryBeforeItAnswers) {
  StoreAtMembers();
  rig_.Change({1, 2, 3}, {}, {4});
  rig_.Install(4);
  Tick();
  ExpectForgotten();
  for (uint64_t member : {1, 2, 3}) {
    EXPECT_EQ(rig_.map(member).table()->front().epoch, rig_.epoch()) << member;
  }
}

TEST_F(HandOverTest, KeepsItWhenANewerEpochComesAfterTheAnswers) {
  for (const bool as_member : {false, true}) {
    NodeRig rig({1, 2, 3});
    for (uint64_t node : {1, 2, 3, 4}) rig.Store(node, 1);
    // All have answered for it when the sets change: the last answer finds the newer entry here.
    int answers = 0;
    rig.network.answered = [&] {
      if (++answers != 3) return;
      if (as_member) {
        rig.Change({1, 2}, {4}, {3});
      } else {
        rig.Change({1, 2}, {5}, {3, 4});
      }
      rig.Install(4);
    };
    rig.hand_over(4).Tick();
    EXPECT_EQ(answers, 3);
    EXPECT_TRUE(rig.Has(4, 1)) << as_member;
    EXPECT_EQ(rig.hand_over(4).report().forgotten_chunks, 0u);
  }
}

TEST_F(HandOverTest, AMemberWithABadCopyIsGivenAGoodOne) {
  StoreAtMembers();
  rig_.store(3).Spoil(NodeRig::Chunk(1));  // found only by who reads it for this answer
  Tick();
  EXPECT_TRUE(rig_.HasGood(3, 1));
  EXPECT_EQ(rig_.hand_over(4).report().pushed_chunks, 1u);
  ExpectForgotten();
}

TEST_F(HandOverTest, ABadCopyIsNeitherGivenNorGivenUp) {
  rig_.Store(1, 1);
  rig_.Store(2, 1);
  rig_.store(4).Spoil(NodeRig::Chunk(1));
  Tick();
  EXPECT_FALSE(rig_.Has(3, 1));
  ExpectKept();
}

TEST_F(HandOverTest, AMemberThatCannotSayIsGivenIt) {
  rig_.Store(1, 1);
  rig_.Store(2, 1);
  rig_.store(3).uncertain = true;  // UNKNOWN is neither present nor absent
  Tick();
  EXPECT_TRUE(rig_.HasGood(3, 1));
  ExpectForgotten();
}

TEST_F(HandOverTest, ATombstoneIsAnAnswerToo) {
  rig_.Store(1, 1);
  rig_.Delete(2, 1);  // the collector has not come to node 1 yet
  rig_.Delete(3, 1);
  Tick();
  ExpectForgotten();
  EXPECT_FALSE(rig_.Has(2, 1));
  EXPECT_FALSE(rig_.Has(3, 1));
  // It comes after the answer and before the copy.
  rig_.Store(4, 2);
  int answers = 0;
  rig_.network.answered = [&] {
    if (++answers == 1) rig_.Delete(1, 2);
  };
  Tick();
  EXPECT_FALSE(rig_.Has(1, 2));
  EXPECT_TRUE(rig_.HasGood(2, 2));
  EXPECT_FALSE(rig_.Has(4, 2));
}

TEST_F(HandOverTest, ANodeThatIsOutGivesNothingUp) {
  StoreAtMembers();
  rig_.SetOut(4);
  rig_.InstallAll();
  Tick();
  ExpectKept();
}

TEST_F(HandOverTest, SaysUnderWhichMapItLookedForStrays) {
  // A newer map makes it leave the partition while it looks; what it found is of the older one.
  NodeRig rig({1, 2, 3});
  rig.Store(3, 1);
  rig.Store(4, 2);
  const Epoch before = rig.epoch();
  rig.network.answered = [&] {
    if (rig.epoch() != before) return;
    rig.Change({1, 2, 4}, {}, {3});
    rig.Install(4);
  };
  rig.hand_over(4).Tick();
  EXPECT_EQ(rig.hand_over(4).report().map_epoch, before);
  rig.Install(3);
  rig.hand_over(3).Tick();
  EXPECT_EQ(rig.hand_over(3).report().map_epoch, rig.epoch());
  EXPECT_FALSE(rig.Has(3, 1)) << "it was given to all members";
}

}  // namespace
}  // namespace trebol
