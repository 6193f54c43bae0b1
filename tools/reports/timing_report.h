// What `tools:time` prints: a table a layer and a type of layer, totals, and
// the same as JSON.

#ifndef TAMP_TOOLS_REPORTS_TIMING_REPORT_H_
#define TAMP_TOOLS_REPORTS_TIMING_REPORT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "core/cpu/fma_peak.h"
#include "nlohmann/json.hpp"
#include "tools/runs/net_timing.h"

namespace tamp {

struct TimingReport {
  std::string net;
  std::string phase;  // "train" or "test"
  int64_t batch_size = 0;
  std::string device;
  int threads = 0;  // 0 where the device has none
  int iterations = 0;
  NetTiming timing;
  std::optional<FmaPeak> peak;  // of CPUs, on the same number of threads
  int64_t planned_bytes = 0;
  int64_t peak_rss_bytes = 0;

  bool is_training() const { return phase == "train"; }
  // Of the median step. A training step is forward, backward and update.
  double ImagesPerSecondTrain() const;
  double ImagesPerSecondForward() const;
  // 10^9 operations a second of the median step (in test, of the median
  // forward); a multiply-add counts as two.
  double Gflops() const;
};

std::string TimingText(const TimingReport& report);

// Null: images_per_second_train and what belongs to backward in test; threads
// and the peak where the device is no CPU.
nlohmann::ordered_json TimingJson(const TimingReport& report);

}  // namespace tamp

#endif  // TAMP_TOOLS_REPORTS_TIMING_REPORT_H_
