// Signals to a program that trains.
//
//   SIGINT (Ctrl-C), SIGTERM   a wish to stop: the first sets a flag that a
//                              training looks at after each step, the second
//                              ends the program at once
//   SIGHUP, SIGXCPU            a wish to stop, however often they come: a
//                              closed terminal and a processor time that is
//                              used up send them again and again
//   SIGUSR1, SIGUSR2           a wish for a snapshot; the training goes on, as
//                              Caffe's does after SIGHUP. Batch systems send
//                              them some time before SIGTERM or SIGKILL.
//   SIGPIPE, SIGXFSZ           never end it: the failed write is an error
//
// A signal that the parent ignores stays ignored: SIGHUP under nohup, SIGINT in
// the background of a shell without job control.

#ifndef TAMP_TOOLS_RUNS_STOP_SIGNALS_H_
#define TAMP_TOOLS_RUNS_STOP_SIGNALS_H_

#include <atomic>

namespace tamp {

// Catches the wishes to stop from now on. The flag that the first one sets.
const std::atomic<bool>& CatchStopSignals();

// Catches the wishes for a snapshot from now on. The flag that each one sets;
// who takes the snapshot sets it back.
std::atomic<bool>& CatchSnapshotSignals();

// From now on a write that fails is an error and nothing else.
void IgnoreWriteSignals();

// What a program that was stopped exits with: 128 plus the first signal's
// number, as shells have it (130 for Ctrl-C, 143 for SIGTERM); 0 when there was
// none.
int StopExitStatus();

}  // namespace tamp

#endif  // TAMP_TOOLS_RUNS_STOP_SIGNALS_H_
