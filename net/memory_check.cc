#include "net/memory_check.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/device/device.h"
#include "core/device/memory_traits.h"
#include "net/text/batch_size.h"

namespace tamp {
namespace {

constexpr int64_t kMiB = int64_t{1} << 20;

// With a gradient a parameter has a momentum of its size.
int64_t ParameterNeed(const NetOptions& options,
                      const ParameterStore& parameters) {
  const MemoryTraits traits = options.backend.device->memory_traits();
  const int64_t values = parameters.missing_bytes(traits, false);
  if (options.phase != TRAIN) return values;
  const int64_t gradients = parameters.missing_bytes(traits, true) - values;
  return values + 2 * gradients;
}

// What an arena that is shared has already costs nothing.
int64_t ValueNeed(const NetOptions& options, const PlannedNet& planned) {
  const int64_t bytes = planned.layout.plan.total_bytes;
  return options.arena != nullptr && options.arena->Holds(bytes) ? 0 : bytes;
}

// The batch that the net's first data have; 0 where there are none.
int64_t BatchSizeOf(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    if (!node.inputs.empty() || node.outputs.empty()) continue;
    const Shape& shape = graph.values[node.outputs[0]].shape;
    if (shape.rank() > 0) return shape.num();
  }
  return 0;
}

// Tries other plans of one net in the memory that parameters leave.
class OtherPlans {
 public:
  OtherPlans(const NetParameter& parameter, const NetOptions& options,
             int64_t free_bytes)
      : parameter_(parameter), options_(options), free_bytes_(free_bytes) {
    options_.parameters = nullptr;
    options_.new_parameters = NewParameters::kAllowed;
  }

  // The largest of fewer samples than `batch_size` that fits; 0: none does. As
  // many plans as the number has bits.
  int64_t LargestBatchBelow(int64_t batch_size) const {
    int64_t fits = 0;
    int64_t too_large =
        std::min<int64_t>(batch_size, std::numeric_limits<int32_t>::max());
    while (too_large - fits > 1) {
      const int64_t middle = fits + (too_large - fits) / 2;
      (Fits(middle) ? fits : too_large) = middle;
    }
    return fits;
  }

  bool FitsWithBudget(int64_t budget_bytes) const {
    NetOptions options = options_;
    options.memory_budget = budget_bytes;
    return Fits(parameter_, options);
  }

 private:
  bool Fits(int64_t batch_size) const {
    NetParameter parameter = parameter_;
    SetBatchSize(batch_size, &parameter);
    NetOptions options = options_;
    options.batch_size = batch_size;
    return Fits(parameter, options);
  }

  bool Fits(const NetParameter& parameter, const NetOptions& options) const {
    ParameterStore parameters;
    const absl::StatusOr<PlannedNet> planned =
        PlanNet(parameter, options, &parameters);
    return planned.ok() && ValueNeed(options, *planned) <= free_bytes_;
  }

  const NetParameter& parameter_;
  NetOptions options_;
  const int64_t free_bytes_;
};

// What fits instead. `left` is what the parameters leave of `free`.
std::string Remedy(const NetParameter& parameter, const NetOptions& options,
                   const PlannedNet& planned, int64_t free, int64_t left) {
  if (left < 0) return "no batch_size fits";
  const OtherPlans plans(parameter, options, left);
  const int64_t batch_size =
      plans.LargestBatchBelow(BatchSizeOf(planned.graph));
  std::string remedy =
      batch_size == 0
          ? "no batch_size fits"
          : absl::StrCat("the largest batch_size that fits is ", batch_size);
  const int64_t budget = free / kMiB * kMiB;
  if (plans.FitsWithBudget(budget)) {
    absl::StrAppend(&remedy, "; with --memory_budget=", budget / kMiB,
                    "MiB all of it fits, and takes more time");
  }
  return remedy;
}

std::string MiBOf(int64_t bytes) {
  return absl::StrCat((bytes + kMiB - 1) / kMiB, " MiB");
}

}  // namespace

absl::Status CheckMemory(const NetParameter& parameter,
                         const NetOptions& options, const PlannedNet& planned,
                         const ParameterStore& parameters) {
  Device& device = *options.backend.device;
  const int64_t parameter_bytes = ParameterNeed(options, parameters);
  const int64_t value_bytes = ValueNeed(options, planned);
  const int64_t free = device.free_bytes();
  if (parameter_bytes + value_bytes <= free) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(
      "the net needs ", MiBOf(parameter_bytes + value_bytes), " of memory, ",
      MiBOf(parameter_bytes), " for parameters",
      options.phase == TRAIN ? ", gradients and momentum" : "", " and ",
      MiBOf(value_bytes), " for values, and ", device.name(), " has ",
      free / kMiB, " of ", device.total_bytes() / kMiB, " MiB free: ",
      Remedy(parameter, options, planned, free, free - parameter_bytes)));
}

}  // namespace tamp
