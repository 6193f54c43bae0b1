#include "tools/flags/compute_flag.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"

ABSL_FLAG(std::string, compute, "",
          "Precision of convolutions' products: float32, tf32 (float32 that "
          "tensor cores may round), bf16, or fp16; where it is not given, as "
          "the net says.");

namespace tamp {

absl::Status SetCompute(absl::string_view name, NetParameter* net) {
  if (name.empty()) return absl::OkStatus();
  const struct {
    absl::string_view name;
    NetParameter::Compute compute;
    NetParameter::Math math;
  } precisions[] = {
      {"float32", NetParameter::FLOAT32, NetParameter::FP32},
      {"tf32", NetParameter::FLOAT32, NetParameter::TF32},
      {"bf16", NetParameter::BF16, NetParameter::FP32},
      {"fp16", NetParameter::FP16, NetParameter::FP32},
  };
  for (const auto& precision : precisions) {
    if (name != precision.name) continue;
    net->set_compute(precision.compute);
    net->set_math(precision.math);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "--compute is \"", name, "\", it must be float32, tf32, bf16 or fp16"));
}

absl::Status SetComputeFromFlag(NetParameter* net) {
  return SetCompute(absl::GetFlag(FLAGS_compute), net);
}

absl::Status SetComputeFromFlag(SolverParameter* solver) {
  if (solver->has_net_param()) {
    RETURN_IF_ERROR(SetComputeFromFlag(solver->mutable_net_param()));
  }
  if (solver->has_train_net_param()) {
    RETURN_IF_ERROR(SetComputeFromFlag(solver->mutable_train_net_param()));
  }
  for (NetParameter& test_net : *solver->mutable_test_net_param()) {
    RETURN_IF_ERROR(SetComputeFromFlag(&test_net));
  }
  return absl::OkStatus();
}

}  // namespace tamp
