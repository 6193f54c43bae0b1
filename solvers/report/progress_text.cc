#include "solvers/report/progress_text.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace tamp {
namespace {

std::string MeanText(const std::optional<double>& mean) {
  return mean ? absl::StrFormat("%.4f", *mean) : "none";
}

std::string LossText(const LossAndAccuracy& mean) {
  std::string text = absl::StrCat("Loss: ", MeanText(mean.loss));
  if (mean.accuracy) {
    absl::StrAppend(&text, " Accuracy: ", MeanText(mean.accuracy));
  }
  return text;
}

std::string ShortLossText(const LossAndAccuracy& mean) {
  std::string text = absl::StrCat("loss ", MeanText(mean.loss));
  if (mean.accuracy) {
    absl::StrAppend(&text, " accuracy ", MeanText(mean.accuracy));
  }
  return text;
}

std::string NumbersText(const std::vector<CountedMean>& numbers) {
  if (numbers.size() == 1) return MeanText(numbers[0].value());
  std::vector<std::string> texts;
  for (const CountedMean& number : numbers) {
    texts.push_back(MeanText(number.value()));
  }
  return absl::StrCat("[", absl::StrJoin(texts, " "), "]");
}

std::string TimeText(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e9) return "?";
  const int64_t whole = std::llround(seconds);
  return absl::StrFormat("%d:%02d:%02d", whole / 3600, whole / 60 % 60,
                         whole % 60);
}

// Seconds for so many iterations at the present speed.
double SecondsFor(int64_t iterations, const StepReport& report) {
  return static_cast<double>(iterations) / report.iterations_per_second;
}

std::string Bar(double share, int columns) {
  const int inner = columns - 3;  // brackets and a space
  if (inner < 3) return "";
  const int done = static_cast<int>(std::clamp(share, 0.0, 1.0) * inner);
  std::string bar = "[";
  bar.append(done, '=');
  if (done < inner) bar += '>';
  bar.append(std::max(inner - done - 1, 0), ' ');
  return bar + "] ";
}

std::string JoinWithBar(const std::string& before, double share,
                        const std::string& after, int width) {
  const int free = width - static_cast<int>(before.size() + after.size());
  std::string line =
      absl::StrCat(before, Bar(share, std::min(free, 40)), after);
  if (static_cast<int>(line.size()) > width) line.resize(std::max(width, 0));
  return line;
}

std::string PlainText(const TrainingPosition& at, const LossAndAccuracy& mean,
                      double lr, double images_per_second) {
  return absl::StrFormat("epoch %d/%d iteration %d/%d %s lr %.3g %.1f images/s",
                         at.epoch, at.total_epochs, at.iteration,
                         at.total_iterations, ShortLossText(mean), lr,
                         images_per_second);
}

double Share(int64_t done, int64_t all) {
  return all > 0 ? static_cast<double>(done) / static_cast<double>(all) : 0;
}

}  // namespace

std::string ResultText(const TestResult& result) {
  std::string text = LossText(result.mean);
  for (const NamedMeans& other : result.others) {
    absl::StrAppend(&text, " ", other.name, ": ", NumbersText(other.numbers));
  }
  return text;
}

std::string EpochLine(const EpochReport& report) {
  std::string line = absl::StrFormat(
      "Epoch: %d/%d Train %s Time: %.2f", report.position.epoch,
      report.position.total_epochs, LossText(report.train), report.seconds);
  if (report.test) absl::StrAppend(&line, " | Val ", ResultText(*report.test));
  return line;
}

std::string TestLine(const TestReport& report) {
  std::string line = "Test: ";
  if (report.num_test_nets > 1) {
    absl::StrAppend(&line, "net ", report.test_net, " ");
    if (!report.net_name.empty()) {
      absl::StrAppend(&line, "(", report.net_name, ") ");
    }
  }
  absl::StrAppend(&line, "iteration ", report.position.iteration, " (epoch ",
                  report.position.epoch, ") Samples: ", report.result.samples,
                  " ", ResultText(report.result));
  return line;
}

std::string EndLine(const EndReport& report) {
  std::string line = absl::StrCat("#Parameter: ", report.num_parameters);
  if (!report.test) return line;
  if (report.test->accuracy) {
    absl::StrAppend(&line, " Accuracy: ", MeanText(report.test->accuracy));
  } else {
    absl::StrAppend(&line, " Loss: ", MeanText(report.test->loss));
  }
  return line;
}

std::string BarLine(const StepReport& report, int width) {
  const TrainingPosition& at = report.position;
  const std::string before =
      absl::StrFormat("Epoch %d/%d ", at.epoch, at.total_epochs);
  const std::string after = absl::StrFormat(
      "%d/%d %s %.1f images/s ETA %s", at.epoch_iteration, at.epoch_iterations,
      ShortLossText(report.epoch_mean), report.images_per_second,
      TimeText(SecondsFor(at.epoch_iterations - at.epoch_iteration, report)));
  return JoinWithBar(before, Share(at.epoch_iteration, at.epoch_iterations),
                     after, width);
}

std::string PlainLine(const StepReport& report) {
  const TrainingPosition& at = report.position;
  return absl::StrCat(
      PlainText(at, report.epoch_mean, report.lr, report.images_per_second),
      " ETA ",
      TimeText(SecondsFor(at.total_iterations - at.iteration, report)));
}

std::string TrainLine(const TrainReport& report) {
  return PlainText(report.position, report.mean, report.lr,
                   report.images_per_second);
}

std::string TestBarLine(int64_t samples_done, int64_t samples, int width) {
  return JoinWithBar("Testing ", Share(samples_done, samples),
                     absl::StrCat(samples_done, "/", samples), width);
}

}  // namespace tamp
