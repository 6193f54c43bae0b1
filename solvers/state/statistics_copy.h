// StatisticsCopy: the statistics of a training (running means and variances)
// as they were before a step. Forward writes them batch by batch, weights and
// history are written once at a step's end: a step that fails on the way puts
// the statistics back and has changed nothing.

#ifndef TAMP_SOLVERS_STATE_STATISTICS_COPY_H_
#define TAMP_SOLVERS_STATE_STATISTICS_COPY_H_

#include <cstdint>
#include <vector>

#include "core/device/device.h"
#include "net/graph/parameter_store.h"

namespace tamp {

class StatisticsCopy {
 public:
  // The store's parameters must have their memory; store and device must
  // outlive the copy.
  StatisticsCopy(const ParameterStore& store, Device* device);

  // Neither allocates.
  void Save();
  void Restore() const;

 private:
  struct Statistic {
    float* data;  // the store's
    int64_t bytes;
    int64_t offset;  // of the copy, in floats
  };

  Device* const device_;
  std::vector<Statistic> statistics_;
  std::vector<float> copy_;  // on the host
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_STATE_STATISTICS_COPY_H_
