// Progress: a training on the screen. Results (a line an epoch, one for each
// test that no epoch's line holds, and the last one) go to one file, normally
// standard output. Passing progress goes to another, normally standard error:
// on a terminal a bar that is redrawn, elsewhere a line every ten seconds or
// so; and a line at the solver's display interval where it has one.

#ifndef TAMP_SOLVERS_REPORT_PROGRESS_H_
#define TAMP_SOLVERS_REPORT_PROGRESS_H_

#include <chrono>
#include <cstdio>
#include <string>

#include "absl/status/status.h"
#include "solvers/report/training_observer.h"

namespace tamp {

// Whether a bar can be drawn: the file is a terminal and TERM is neither
// missing nor "dumb".
bool CanDrawBar(std::FILE* file);

class Progress : public TrainingObserver {
 public:
  // Both files must outlive it.
  Progress(std::FILE* results, std::FILE* moments, bool draws_bar);
  ~Progress() override { EraseBar(); }

  void OnStep(const StepReport& report) override;
  void OnTestBatch(int64_t samples_done, int64_t samples) override;
  void OnTrain(const TrainReport& report) override;
  void OnTest(const TestReport& report) override;
  void OnEpoch(const EpochReport& report) override;
  void OnNotice(const std::string& line) override;
  void OnEnd(const EndReport& report) override;
  // The first error of writing results; passing progress may get lost.
  absl::Status status() const override { return status_; }

 private:
  // Whether it is time to show something again.
  bool IsDue();
  void DrawBar(const std::string& line);
  void EraseBar();
  void WriteResult(const std::string& line);

  std::FILE* const results_;
  std::FILE* const moments_;
  const bool draws_bar_;
  const std::chrono::steady_clock::duration interval_;
  std::chrono::steady_clock::time_point last_shown_;
  bool bar_is_there_ = false;
  absl::Status status_;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_REPORT_PROGRESS_H_
