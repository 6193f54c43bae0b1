#include "tools/runs/stop_signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

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

TEST(StopSignalsTest, AClosedTerminalDoesNotInsist) {
  for (const int signal : {SIGHUP, SIGXCPU}) {
    EXPECT_EXIT(
        {
          const std::atomic<bool>& stop = CatchStopSignals();
          raise(signal);
          raise(signal);
          raise(SIGTERM);  // the first by hand
          _exit(stop ? StopExitStatus() : 2);
        },
        testing::ExitedWithCode(128 + signal), "stopping as soon as");
  }
}

TEST(StopSignalsTest, ARequestForASnapshotDoesNotStop) {
  for (const int signal : {SIGUSR1, SIGUSR2}) {
    EXPECT_EXIT(
        {
          const std::atomic<bool>& stop = CatchStopSignals();
          std::atomic<bool>& request = CatchSnapshotSignals();
          raise(signal);
          if (stop || !request.exchange(false)) _exit(1);
          raise(signal);
          _exit(request ? StopExitStatus() : 2);
        },
        testing::ExitedWithCode(0), "");
  }
}

TEST(StopSignalsTest, WhatTheParentIgnoresStaysIgnored) {
  for (const int ignored : {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1}) {
    EXPECT_EXIT(
        {
          signal(ignored, SIG_IGN);
          const std::atomic<bool>& stop = CatchStopSignals();
          const std::atomic<bool>& request = CatchSnapshotSignals();
          raise(ignored);
          raise(ignored);
          _exit(stop || request ? 1 : StopExitStatus());
        },
        testing::ExitedWithCode(0), "");
  }
}

TEST(StopSignalsTest, AClosedPipeIsAnError) {
  EXPECT_EXIT(
      {
        IgnoreWriteSignals();
        int ends[2];
        if (pipe(ends) != 0 || close(ends[0]) != 0) _exit(1);
        _exit(write(ends[1], "x", 1) == -1 && errno == EPIPE ? 0 : 2);
      },
      testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace tamp
