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
  // The net's batches have batch_size samples. Where it takes what is left over
  // by batches of full_batch_size, sums over a batch are scaled to such a one.
  // Net and device must outlive the reader.
  ScoreReader(Net* net, Device* device, int64_t batch_size,
              int64_t full_batch_size);

  // All terms of the loss, and of the other tops those that no layer takes and
  // that are means or single numbers.
  const ScoreTable& table() const { return table_; }

  // After a Forward, and in training after its Backward: adds the batch's
  // numbers to the means of the table's.
  // Those of a mean count as its layer says. A loss that is no mean
  // (normalization: NONE, or a loss_weight of a top with numbers of single
  // samples) is a sum over the batch; of such sums, and of single numbers
  // without a count, the mean over the samples is taken. Allocates nothing.
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
