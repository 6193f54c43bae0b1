#include "tools/runs/stop_signals.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace tamp {
namespace {

// A handler may touch nothing but what is lock-free and outlives it.
std::atomic<bool> stop_requested{false}, stop_requested_by_hand{false};
std::atomic<bool> snapshot_requested{false};
std::atomic<int> stop_signal{0};
static_assert(std::atomic<bool>::is_always_lock_free &&
              std::atomic<int>::is_always_lock_free);

constexpr int kSignalBase = 128;

// The interrupted code may be about to read errno.
void WriteMessage(const char* message) {
  const int error = errno;
  // There is nothing to be done if it cannot be written.
  const ssize_t written = write(STDERR_FILENO, message, std::strlen(message));
  static_cast<void>(written);
  errno = error;
}

void NoteStop(int signal) {
  int none = 0;
  stop_signal.compare_exchange_strong(none, signal);
  stop_requested = true;
}

void HandleStopByHand(int signal) {
  if (stop_requested_by_hand.exchange(true)) _exit(kSignalBase + signal);
  NoteStop(signal);
  WriteMessage(
      "\nstopping as soon as that is safe; once more to leave at once\n");
}

void HandleStop(int signal) {
  if (stop_requested) return;
  NoteStop(signal);
  WriteMessage("\nstopping as soon as that is safe\n");
}

void HandleSnapshotRequest(int /*signal*/) { snapshot_requested = true; }

void Catch(int signal, void (*handler)(int)) {
  struct sigaction present = {};
  if (sigaction(signal, nullptr, &present) != 0) return;
  if (present.sa_handler == SIG_IGN) return;
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(signal, &action, nullptr);
}

}  // namespace

const std::atomic<bool>& CatchStopSignals() {
  Catch(SIGINT, HandleStopByHand);
  Catch(SIGTERM, HandleStopByHand);
  Catch(SIGHUP, HandleStop);
  Catch(SIGXCPU, HandleStop);
  return stop_requested;
}

std::atomic<bool>& CatchSnapshotSignals() {
  Catch(SIGUSR1, HandleSnapshotRequest);
  Catch(SIGUSR2, HandleSnapshotRequest);
  return snapshot_requested;
}

void IgnoreWriteSignals() {
  Catch(SIGPIPE, SIG_IGN);
  Catch(SIGXFSZ, SIG_IGN);
}

int StopExitStatus() {
  const int signal = stop_signal;
  return signal == 0 ? 0 : kSignalBase + signal;
}

}  // namespace tamp
