// How a training's progress reads: pure functions from reports to lines.

#ifndef TAMP_SOLVERS_REPORT_PROGRESS_TEXT_H_
#define TAMP_SOLVERS_REPORT_PROGRESS_TEXT_H_

#include <cstdint>
#include <string>

#include "solvers/report/training_observer.h"

namespace tamp {

// `Loss: 1.2027 Accuracy: 0.6291 top5: 0.9012`: all numbers of a test, other
// scores under the names of their tops, those with several numbers as `[0.6000
// 0.6582]`. Without the accuracy where the net has none; a mean of nothing is
// `none`.
std::string ResultText(const TestResult& result);

// `Epoch: 3/130 Train Loss: 0.9300 Accuracy: 0.6678 Time: 18.34 | Val Loss:
// 1.2027 Accuracy: 0.6291`, in one line; without the parts that there are none
// of.
std::string EpochLine(const EpochReport& report);

// `Test: iteration 500 (epoch 3) Samples: 600 Loss: 1.2027 Accuracy: 0.6291`;
// of several test nets, `Test: net 1 (name) iteration 500 ...`.
std::string TestLine(const TestReport& report);

// `#Parameter: 1261018 Accuracy: 0.9304`.
std::string EndLine(const EndReport& report);

// `Epoch 3/130 [=====>    ] 412/782 loss 0.9300 accuracy 0.6678
// 141.3 images/s ETA 0:02:31`, in one line. The bar takes what is left of
// `width` columns; what does not fit is cut. ETA is the epoch's.
std::string BarLine(const StepReport& report, int width);

// The same without a bar, with the rate and the ETA of the whole training, for
// logs.
std::string PlainLine(const StepReport& report);

// The same at the solver's display interval, without an ETA.
std::string TrainLine(const TrainReport& report);

// `Testing [=====>    ] 4096/10000`.
std::string TestBarLine(int64_t samples_done, int64_t samples, int width);

}  // namespace tamp

#endif  // TAMP_SOLVERS_REPORT_PROGRESS_TEXT_H_
