#include "cli/interrupt.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

namespace trebol::cli {
namespace {

class InterruptTest : public ::testing::Test {
 protected:
  InterruptTest() { pthread_sigmask(SIG_BLOCK, nullptr, &mask_); }
  ~InterruptTest() override {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_DFL);
    pthread_sigmask(SIG_SETMASK, &mask_, nullptr);
  }

  static bool Blocked(int signal) {
    sigset_t mask;
    pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    return sigismember(&mask, signal) == 1;
  }

 private:
  sigset_t mask_;
};

TEST_F(InterruptTest, ASignalIsAStopRequest) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    const Interrupt interrupt;
    EXPECT_FALSE(interrupt.token().stop_requested());
    ASSERT_EQ(kill(getpid(), number), 0);
    while (!interrupt.token().stop_requested()) std::this_thread::yield();
  }
}

TEST_F(InterruptTest, WhatIsIgnoredStaysSo) {
  signal(SIGHUP, SIG_IGN);  // as nohup does
  std::stop_token token;
  {
    const Interrupt interrupt;
    token = interrupt.token();
    // A blocked signal would wait for whoever takes it, ignored or not.
    EXPECT_FALSE(Blocked(SIGHUP));
    EXPECT_TRUE(Blocked(SIGTERM));
    ASSERT_EQ(kill(getpid(), SIGHUP), 0);
    EXPECT_FALSE(interrupt.token().stop_requested());
  }
  EXPECT_FALSE(token.stop_requested());
}

TEST_F(InterruptTest, EndsWhenAllAreIgnored) {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) signal(number, SIG_IGN);
  const Interrupt interrupt;
  EXPECT_FALSE(interrupt.token().stop_requested());
}

}  // namespace
}  // namespace trebol::cli
