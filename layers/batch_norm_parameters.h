// The parameters that all forms of batch normalisation have.

#ifndef TAMP_LAYERS_BATCH_NORM_PARAMETERS_H_
#define TAMP_LAYERS_BATCH_NORM_PARAMETERS_H_

#include <cstdint>
#include <vector>

#include "layers/layer_plan.h"
#include "proto/layer.pb.h"

namespace tamp {

// With scale_bias "weight" (gamma, 1 by default) and "bias" (beta, 0), then in
// any case the statistics "running_mean" (starts at 0) and "running_var" (1).
std::vector<ParameterPlan> PlanBatchNormParameters(
    const BatchNormParameter& parameter, int64_t channels);

}  // namespace tamp

#endif  // TAMP_LAYERS_BATCH_NORM_PARAMETERS_H_
