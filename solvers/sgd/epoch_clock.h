// EpochClock: which epoch an iteration belongs to.
//
// Training draws samples one after the other, samples_per_iteration (batch size
// times iter_size, times the ranks that share the work) for each iteration, out
// of epochs of num_samples. Where the one does not divide the other, an
// iteration straddles two epochs; it belongs to the epoch in which its first
// sample lies. So 50,000 images in batches of 64 are 782 iterations for the
// first epoch, 1,563 for the first two.

#ifndef TAMP_SOLVERS_SGD_EPOCH_CLOCK_H_
#define TAMP_SOLVERS_SGD_EPOCH_CLOCK_H_

#include <cstdint>

namespace tamp {

class EpochClock {
 public:
  // REQUIRES: both are positive.
  EpochClock(int64_t num_samples, int64_t samples_per_iteration);

  // Of an iteration, both from 0. After `iteration` iterations, it is also the
  // number of whole epochs that were begun and left.
  int64_t EpochOf(int64_t iteration) const;

  // The first iteration of an epoch: the number of iterations of all epochs
  // before it. The largest int64_t where the true number is larger.
  int64_t FirstIteration(int64_t epoch) const;

  // The iterations of a number of epochs, which may be a fraction, rounded up.
  int64_t Iterations(double epochs) const;

  // Whether a multiple of `epochs` whole epochs is over after `done`
  // iterations and was not after one less. REQUIRES: done and epochs positive.
  bool EndsEpochs(int64_t done, int64_t epochs) const {
    return EpochOf(done) / epochs != EpochOf(done - 1) / epochs;
  }

  int64_t num_samples() const { return num_samples_; }
  int64_t samples_per_iteration() const { return samples_per_iteration_; }

 private:
  int64_t num_samples_;
  int64_t samples_per_iteration_;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_SGD_EPOCH_CLOCK_H_
