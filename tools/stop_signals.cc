#include "tools/stop_signals.h"

#include <signal.h>
#include <unistd.h>

namespace tamp {
namespace {

// A handler may touch nothing but what is lock-free and outlives it.
std::atomic<bool> stop_requested{false};
std::atomic<int> stop_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free &&
              std::atomic<int>::is_always_lock_free);

constexpr int kSignalBase = 128;

void HandleStopSignal(int signal) {
  if (stop_requested.exchange(true)) _exit(kSignalBase + signal);
  stop_signal = signal;
  constexpr char kMessage[] =
      "\nstopping as soon as that is safe; once more to leave at once\n";
  // There is nothing to be done if it cannot be written.
  const ssize_t written = write(STDERR_FILENO, kMessage, sizeof(kMessage) - 1);
  static_cast<void>(written);
}

}  // namespace

const std::atomic<bool>& CatchStopSignals() {
  struct sigaction action = {};
  action.sa_handler = HandleStopSignal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  return stop_requested;
}

int StopExitStatus() {
  const int signal = stop_signal;
  return signal == 0 ? 0 : kSignalBase + signal;
}

}  // namespace tamp
