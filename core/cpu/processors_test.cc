#include "core/cpu/processors.h"

#include <sched.h>

#include <optional>

#include "gtest/gtest.h"

namespace tamp {
namespace {

Processors Make(int online, int allowed, std::optional<double> quota) {
  Processors processors;
  processors.num_online = online;
  processors.num_allowed = allowed;
  processors.quota = quota;
  return processors;
}

TEST(ProcessorsTest, TheSmallestLimitDecides) {
  struct {
    Processors processors;
    int threads;
    const char* reason;
  } const cases[] = {
      {Make(2, 2, std::nullopt), 2, "the machine's 2 processors"},
      {Make(1, 1, std::nullopt), 1, "the machine's 1 processor"},
      {Make(64, 8, std::nullopt), 8,
       "this process may run on 8 of the machine's 64 processors"},
      {Make(64, 64, 1.5), 2, "the control group's quota of 1.5 processors"},
      {Make(2, 2, 1.5), 2, "the control group's quota of 1.5 processors"},
      {Make(64, 64, 1), 1, "the control group's quota of 1 processor"},
      {Make(64, 64, 0.25), 1, "the control group's quota of 0.25 processors"},
      {Make(64, 8, 8), 8,
       "this process may run on 8 of the machine's 64 processors"},
      {Make(2, 2, 100), 2, "the machine's 2 processors"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(NumUsefulThreads(c.processors), c.threads) << c.reason;
    EXPECT_EQ(ReasonOfThreads(c.processors), c.reason);
  }
}

TEST(ProcessorsTest, FollowsTheAffinityMask) {
  const Processors all = FindProcessors();
  EXPECT_GE(all.num_allowed, 1);
  EXPECT_GE(all.num_online, all.num_allowed);
  cpu_set_t old, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof(old), &old), 0);
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  EXPECT_EQ(FindProcessors().num_allowed, 1);
  EXPECT_EQ(FindProcessors().num_online, all.num_online);
  ASSERT_EQ(sched_setaffinity(0, sizeof(old), &old), 0);
}

}  // namespace
}  // namespace tamp
