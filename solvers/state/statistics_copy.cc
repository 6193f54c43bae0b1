#include "solvers/state/statistics_copy.h"

namespace tamp {

StatisticsCopy::StatisticsCopy(const ParameterStore& store, Device* device)
    : device_(device) {
  int64_t size = 0;
  for (const Parameter& parameter : store.parameters()) {
    if (parameter.is_learned()) continue;
    const int64_t elements = parameter.shape.num_elements();
    statistics_.push_back(
        {parameter.data, elements * int64_t{sizeof(float)}, size});
    size += elements;
  }
  copy_.resize(size);
}

void StatisticsCopy::Save() {
  for (const Statistic& s : statistics_) {
    device_->CopyToHost(s.data, s.bytes, copy_.data() + s.offset);
  }
}

void StatisticsCopy::Restore() const {
  for (const Statistic& s : statistics_) {
    device_->CopyFromHost(copy_.data() + s.offset, s.bytes, s.data);
  }
}

}  // namespace tamp
