// Ctrl-C and SIGTERM as a wish to stop: the first sets a flag that a training
// looks at after each step, the second ends the program at once.

#ifndef TAMP_TOOLS_STOP_SIGNALS_H_
#define TAMP_TOOLS_STOP_SIGNALS_H_

#include <atomic>

namespace tamp {

// Catches SIGINT and SIGTERM from now on. The flag that the first one sets.
const std::atomic<bool>& CatchStopSignals();

// What a program that was stopped exits with: 128 plus the signal's number, as
// shells have it (130 for Ctrl-C, 143 for SIGTERM); 0 when there was none.
int StopExitStatus();

}  // namespace tamp

#endif  // TAMP_TOOLS_STOP_SIGNALS_H_
