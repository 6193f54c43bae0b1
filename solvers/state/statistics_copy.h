// StatisticsCopy: the statistics of a training (running means and variances)
// as they were before a step. Forward writes them batch by batch, weights and
// history are written once at a step's end: a step that fails on the way puts
// the statistics back and has changed nothing.
//
// The copy lies on the device, so that a step does not begin by waiting for it.

#ifndef TAMP_SOLVERS_STATE_STATISTICS_COPY_H_
#define TAMP_SOLVERS_STATE_STATISTICS_COPY_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "net/graph/parameter_store.h"

namespace tamp {

class StatisticsCopy {
 public:
  // The store's parameters must have their memory; store and device must
  // outlive the copy. Fails when there is no memory for it.
  static absl::StatusOr<StatisticsCopy> Create(const ParameterStore& store,
                                               Device* device);

  // Neither allocates.
  void Save();
  void Restore();

 private:
  struct Statistic {
    float* data;  // the store's
    float* copy;
    int64_t bytes;
  };

  StatisticsCopy(Device* device, Buffer memory,
                 std::vector<Statistic> statistics);

  Device* device_;
  Buffer memory_;  // of the copies
  std::vector<Statistic> statistics_;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_STATE_STATISTICS_COPY_H_
