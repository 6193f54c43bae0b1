// ScoreReader: reads the scores of a net after each of its batches.

#ifndef TAMP_SOLVERS_EVALUATION_SCORE_READER_H_
#define TAMP_SOLVERS_EVALUATION_SCORE_READER_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/device/device.h"
#include "net/net.h"
#include "solvers/evaluation/scores.h"

namespace tamp {

class ScoreReader {
 public:
  // The net's batches have batch_size samples. A net for the samples that are
  // left over by batches of full_batch_size passes both: sums over a batch are
  // then scaled up to a full one. Net and device must outlive the reader.
  ScoreReader(Net* net, Device* device, int64_t batch_size,
              int64_t full_batch_size);

  // All terms of the loss, and of the other tops those that no layer takes and
  // that are means or single numbers.
  const ScoreTable& table() const { return table_; }

  // Call it after a Forward, in training after its Backward: adds the batch's
  // numbers to the means.
  // A number that is a mean counts as many samples as its layer says. A loss
  // that is no mean (normalization: NONE, or a loss_weight of a top with a
  // number for each sample) is a sum over the batch; such sums, and single
  // numbers without a count, become means over the samples. Allocates nothing.
  void AddBatch(absl::Span<CountedMean> means);

 private:
  // Where a score comes from.
  struct Source {
    int value;
    double factor;  // of what has no counts
  };

  Net* const net_;
  Device* const device_;
  const double batch_size_;
  ScoreTable table_;
  std::vector<Source> sources_;       // of each score
  std::vector<float> host_, counts_;  // of one score
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_EVALUATION_SCORE_READER_H_
