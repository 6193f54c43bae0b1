#include "solvers/state/statistics_copy.h"

#include <utility>

#include "core/device/memory_traits.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

constexpr int64_t kFloatBytes = sizeof(float);

int64_t Bytes(const Parameter& parameter) {
  return parameter.shape.num_elements() * kFloatBytes;
}

}  // namespace

absl::StatusOr<StatisticsCopy> StatisticsCopy::Create(
    const ParameterStore& store, Device* device) {
  const MemoryTraits traits = device->memory_traits();
  int64_t bytes = 0;
  for (const Parameter& parameter : store.parameters()) {
    if (!parameter.is_learned()) bytes += traits.Aligned(Bytes(parameter));
  }
  ASSIGN_OR_RETURN(Buffer memory, device->Allocate(bytes));
  std::vector<Statistic> statistics;
  float* next = memory.floats();
  for (const Parameter& parameter : store.parameters()) {
    if (parameter.is_learned()) continue;
    statistics.push_back({parameter.data, next, Bytes(parameter)});
    next += traits.Aligned(Bytes(parameter)) / kFloatBytes;
  }
  return StatisticsCopy(device, std::move(memory), std::move(statistics));
}

StatisticsCopy::StatisticsCopy(Device* device, Buffer memory,
                               std::vector<Statistic> statistics)
    : device_(device),
      memory_(std::move(memory)),
      statistics_(std::move(statistics)) {}

void StatisticsCopy::Save() {
  for (const Statistic& s : statistics_) device_->Copy(s.data, s.bytes, s.copy);
}

void StatisticsCopy::Restore() {
  for (const Statistic& s : statistics_) device_->Copy(s.copy, s.bytes, s.data);
}

}  // namespace tamp
