#include "tools/stop_signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(StopSignalsTest, NoSignal) { EXPECT_EQ(StopExitStatus(), 0); }

// Each in a process of its own, since signals are not forgotten.
TEST(StopSignalsTest, TheFirstSetsTheFlag) {
  for (const int signal : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          const std::atomic<bool>& stop = CatchStopSignals();
          if (stop) _exit(1);
          raise(signal);
          _exit(stop ? StopExitStatus() : 2);
        },
        testing::ExitedWithCode(128 + signal), "stopping as soon as");
  }
}

TEST(StopSignalsTest, TheSecondEndsTheProgram) {
  EXPECT_EXIT(
      {
        CatchStopSignals();
        raise(SIGTERM);
        raise(SIGINT);
        _exit(1);
      },
      testing::ExitedWithCode(128 + SIGINT), "");
}

}  // namespace
}  // namespace tamp
