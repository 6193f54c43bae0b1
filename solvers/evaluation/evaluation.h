// Evaluation: a net in the TEST phase over each sample of its data set exactly
// once, whatever the batch size: full batches, and a net planned for what is
// left over.

#ifndef TAMP_SOLVERS_EVALUATION_EVALUATION_H_
#define TAMP_SOLVERS_EVALUATION_EVALUATION_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "data/batch_source.h"
#include "net/net.h"
#include "net/planned_net.h"
#include "proto/net.pb.h"
#include "solvers/evaluation/score_reader.h"
#include "solvers/evaluation/scores.h"

namespace tamp {

class Evaluation {
 public:
  // `options` need a backend; their phase is set to TEST, and their data is
  // opened by `provider`. Parameters and arena may be shared with the training
  // net. All that is pointed to must outlive the evaluation.
  static absl::StatusOr<std::unique_ptr<Evaluation>> Create(
      const NetParameter& net, const NetOptions& options,
      BatchSourceProvider* provider);

  // Is told after each batch how far the test is.
  class Watcher {
   public:
    virtual ~Watcher() = default;
    virtual void OnBatch(int64_t /*samples_done*/) {}
  };

  // The scores that one batch of all readable samples would give, whatever the
  // batch size. A loss that is a sum over the batch is reported as what a full
  // batch gives on average. Cancelled as soon as `stop` (may be null) is set;
  // errors of the data name the file; others are the device's.
  absl::StatusOr<TestResult> Run(const std::atomic<bool>* stop,
                                 Watcher* watcher);

  // Of the net.
  const std::string& name() const { return parts_[0].net->name(); }
  int64_t num_samples() const { return source_->num_samples(); }
  BatchSource& source() const { return *source_; }

 private:
  // A net and how many batches in a row it runs.
  struct Part {
    std::unique_ptr<Net> net;
    std::unique_ptr<ScoreReader> scores;
    int64_t batch_size = 0;
    int64_t num_batches = 0;
  };

  Evaluation(const NetParameter& net, const NetOptions& options,
             int64_t batch_size)
      : net_(net),
        options_(options),
        source_(options.batch_source),
        batch_size_(batch_size) {}

  // For as many samples as the source has now.
  absl::Status PlanParts();
  absl::StatusOr<TestResult> RunOnce(const std::atomic<bool>* stop,
                                     Watcher* watcher);

  const NetParameter net_;
  const NetOptions options_;
  BatchSource* const source_;
  const int64_t batch_size_;  // that is wanted
  std::vector<Part> parts_;
  int64_t planned_samples_ = 0;  // of parts_
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_EVALUATION_EVALUATION_H_
