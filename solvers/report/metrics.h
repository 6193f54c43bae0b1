// Writes the metrics of a training as JSON Lines, one record a line. Each is
// written to the file as soon as it is known:
//
//   {"type":"train","iteration":782,"epoch":1,"loss":1.62,"accuracy":0.41,
//    "lr":0.1,"images_per_second":140.2}
//   {"type":"test","iteration":782,"epoch":1,"loss":1.4,"accuracy":0.5,
//    "samples":10000}
//
// (without the line breaks). Train records come at the solver's display
// interval, or once an epoch. "accuracy" is null where the net has no Accuracy
// layer, as are means over no samples and means that are not finite. Where the
// loss is scaled (compute: FP16), train records end with
// "loss_scale":65536,"skipped_steps":0, the latter since the last one. Where a
// test net has other scores, such as a second Accuracy layer, test records also
// have "outputs":{"top5":0.9,"per_class":[0.4,0.6]}, by the names of tops; with
// several test nets, "net", from 0.

#ifndef TAMP_SOLVERS_REPORT_METRICS_H_
#define TAMP_SOLVERS_REPORT_METRICS_H_

#include <cstdio>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "solvers/report/training_observer.h"

namespace tamp {

class MetricsFile : public TrainingObserver {
 public:
  // Starts a new file, or appends to an old one.
  static absl::StatusOr<std::unique_ptr<MetricsFile>> Open(
      const std::string& path, bool append);
  ~MetricsFile() override;

  void OnTrain(const TrainReport& report) override;
  void OnTest(const TestReport& report) override;

  absl::Status status() const override { return status_; }

 private:
  MetricsFile(const std::string& path, std::FILE* file)
      : path_(path), file_(file) {}

  void WriteLine(std::string line);

  const std::string path_;
  std::FILE* const file_;
  absl::Status status_;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_REPORT_METRICS_H_
