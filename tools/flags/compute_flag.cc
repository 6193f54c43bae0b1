#include "tools/flags/compute_flag.h"

#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"

ABSL_FLAG(std::string, compute, "",
          "Precision of convolutions' products, float32 or bf16; where it is "
          "not given, as the net says.");

namespace tamp {

absl::Status SetCompute(absl::string_view name, NetParameter* net) {
  if (name == "float32") {
    net->set_compute(NetParameter::FLOAT32);
  } else if (name == "bf16") {
    net->set_compute(NetParameter::BF16);
  } else if (!name.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--compute is \"", name, "\", it must be float32 or bf16"));
  }
  return absl::OkStatus();
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
