#include "solvers/report/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "solvers/report/progress_text.h"
#include "solvers/report/write_error.h"

namespace tamp {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Columns of the terminal, less one: a full last column would wrap.
int BarWidth(std::FILE* file) {
  winsize size = {};
  const bool known = ioctl(fileno(file), TIOCGWINSZ, &size) == 0;
  return (known && size.ws_col > 0 ? size.ws_col : 80) - 1;
}

}  // namespace

bool CanDrawBar(std::FILE* file) {
  const char* terminal = std::getenv("TERM");
  return isatty(fileno(file)) != 0 && terminal != nullptr &&
         std::strcmp(terminal, "dumb") != 0;
}

Progress::Progress(std::FILE* results, std::FILE* moments, bool draws_bar)
    : results_(results),
      moments_(moments),
      draws_bar_(draws_bar),
      interval_(draws_bar ? milliseconds(100) : milliseconds(10000)),
      last_shown_(steady_clock::now()) {}

bool Progress::IsDue() {
  const steady_clock::time_point now = steady_clock::now();
  if (now - last_shown_ < interval_) return false;
  last_shown_ = now;
  return true;
}

void Progress::OnStep(const StepReport& report) {
  if (!IsDue()) return;
  if (draws_bar_) {
    DrawBar(BarLine(report, BarWidth(moments_)));
  } else {
    std::fprintf(moments_, "%s\n", PlainLine(report).c_str());
  }
}

void Progress::OnTestBatch(int64_t samples_done, int64_t samples) {
  if (!draws_bar_ || !IsDue()) return;
  DrawBar(TestBarLine(samples_done, samples, BarWidth(moments_)));
}

void Progress::OnTrain(const TrainReport& report) {
  if (report.is_of_epoch) return;
  EraseBar();
  std::fprintf(moments_, "%s\n", TrainLine(report).c_str());
  last_shown_ = steady_clock::now();
}

void Progress::OnTest(const TestReport& report) {
  if (!report.is_in_epoch_report) WriteResult(TestLine(report));
}

void Progress::OnEpoch(const EpochReport& report) {
  WriteResult(EpochLine(report));
}

void Progress::OnNotice(const std::string& line) {
  EraseBar();
  std::fprintf(moments_, "%s\n", line.c_str());
}

void Progress::OnEnd(const EndReport& report) { WriteResult(EndLine(report)); }

// Back to the first column, the line, and nothing behind it.
void Progress::DrawBar(const std::string& line) {
  std::fprintf(moments_, "\r%s\033[K", line.c_str());
  std::fflush(moments_);
  bar_is_there_ = true;
}

void Progress::EraseBar() {
  if (!bar_is_there_) return;
  std::fputs("\r\033[K", moments_);
  std::fflush(moments_);
  bar_is_there_ = false;
}

void Progress::WriteResult(const std::string& line) {
  EraseBar();
  const bool written = std::fprintf(results_, "%s\n", line.c_str()) >= 0 &&
                       std::fflush(results_) == 0;
  if (!written && status_.ok()) {
    status_ = WriteError("results cannot be written");
  }
}

}  // namespace tamp
