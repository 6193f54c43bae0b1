#include "layers/batch_norm_parameters.h"

namespace tamp {
namespace {

FillerParameter Constant(float value) {
  FillerParameter filler;
  filler.set_type("constant");
  filler.set_value(value);
  return filler;
}

}  // namespace

std::vector<ParameterPlan> PlanBatchNormParameters(
    const BatchNormParameter& parameter, int64_t channels) {
  using Kind = ParameterPlan::Kind;
  const Shape shape = {channels};
  std::vector<ParameterPlan> plans;
  if (parameter.scale_bias()) {
    plans.push_back(
        {"weight", shape,
         parameter.has_scale_filler() ? parameter.scale_filler() : Constant(1),
         Kind::kLearned});
    plans.push_back({"bias", shape, parameter.bias_filler(), Kind::kLearned});
  }
  plans.push_back({"running_mean", shape, Constant(0), Kind::kStatistic});
  plans.push_back({"running_var", shape, Constant(1), Kind::kStatistic});
  return plans;
}

}  // namespace tamp
