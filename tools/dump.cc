// Runs one batch through a net and writes all numbers that come out, to hold
// Tamp against another framework; tools/runs/dump_run.h says which.
//
//   dump --net=tests/golden/tiny.prototxt
//   --inputs=tests/golden/tiny.safetensors
//        --lr=0.1 --momentum=0.9 --weight_decay=1e-4 --lr_steps=4,8 --steps=10
//        --out=/tmp/tiny.safetensors

#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "core/status_macros.h"
#include "formats/safetensors.h"
#include "net/backend.h"
#include "proto/text_format.h"
#include "tools/flags/backend_flags.h"
#include "tools/flags/command_line.h"
#include "tools/flags/net_file_flag.h"
#include "tools/flags/passes_flag.h"
#include "tools/runs/dump_run.h"

ABSL_FLAG(std::string, inputs, "",
          "The batch and the parameters: x, y, init.*; safetensors.");
ABSL_FLAG(std::string, out, "", "The file to write; safetensors.");
ABSL_FLAG(int64_t, steps, 0, "Solver steps on the batch.");
ABSL_FLAG(std::string, solver, "",
          "A solver file for the steps, instead of the flags below.");
ABSL_FLAG(std::optional<double>, lr, std::nullopt,
          "Learning rate; 0.1 if not given.");
ABSL_FLAG(std::optional<double>, momentum, std::nullopt, "Momentum.");
ABSL_FLAG(std::optional<double>, weight_decay, std::nullopt,
          "Weight decay, L2, on all parameters.");
ABSL_FLAG(bool, nesterov, false, "Nesterov's momentum.");
ABSL_FLAG(std::vector<std::string>, lr_steps, {},
          "Numbers of steps after which the rate falls, such as 4,8.");
ABSL_FLAG(std::optional<double>, gamma, std::nullopt,
          "Factor by which it falls; 0.1 if not given.");
ABSL_FLAG(bool, no_dropout, false, "Dropout lets everything pass.");
ABSL_FLAG(int64_t, seed, 1, "Of dropout.");

namespace tamp {
namespace {

constexpr char kUsage[] =
    "Runs one batch forward and backward, then --steps solver steps from the "
    "same start, then the test phase; writes blobs, gradients, statistics, "
    "losses and parameters.";

absl::StatusOr<SolverParameter> SolverFromFile(const std::string& path) {
  if (absl::GetFlag(FLAGS_lr) || absl::GetFlag(FLAGS_momentum) ||
      absl::GetFlag(FLAGS_weight_decay) || absl::GetFlag(FLAGS_gamma) ||
      absl::GetFlag(FLAGS_nesterov) || !absl::GetFlag(FLAGS_lr_steps).empty()) {
    return absl::InvalidArgumentError(
        "--solver gives all options of the steps; leave --lr, --momentum, "
        "--weight_decay, --nesterov, --lr_steps and --gamma out");
  }
  absl::StatusOr<SolverParameter> solver = ReadSolverFile(path);
  if (!solver.ok()) return ExplainMissingFile(solver.status(), path);
  if (solver->iter_size() == 1) return solver;
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": iter_size is ", solver->iter_size(),
                   ", but a step here takes the one batch; set iter_size: 1"));
}

absl::StatusOr<SolverParameter> SolverFromFlags() {
  const std::string path = absl::GetFlag(FLAGS_solver);
  if (!path.empty()) return SolverFromFile(path);
  SolverParameter solver;
  solver.set_type(absl::GetFlag(FLAGS_nesterov) ? "Nesterov" : "SGD");
  solver.set_base_lr(absl::GetFlag(FLAGS_lr).value_or(0.1));
  solver.set_momentum(absl::GetFlag(FLAGS_momentum).value_or(0));
  solver.set_weight_decay(absl::GetFlag(FLAGS_weight_decay).value_or(0));
  solver.set_lr_policy("fixed");
  for (const std::string& text : absl::GetFlag(FLAGS_lr_steps)) {
    int32_t step = 0;
    if (!absl::SimpleAtoi(text, &step)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--lr_steps: \"", text, "\" is not a whole number"));
    }
    solver.set_lr_policy("multistep");
    solver.set_gamma(absl::GetFlag(FLAGS_gamma).value_or(0.1));
    solver.add_stepvalue(step);
  }
  return solver;
}

absl::Status WriteOutputs(const std::vector<DumpTensor>& outputs,
                          const std::string& path) {
  std::vector<NamedFloats> tensors;
  for (const DumpTensor& output : outputs) {
    tensors.push_back({output.name, output.shape, output.values});
  }
  RETURN_IF_ERROR(WriteSafetensors(path, tensors));
  std::cout << "wrote " << tensors.size() << " tensors to " << path << "\n";
  return absl::OkStatus();
}

absl::Status Dump() {
  ASSIGN_OR_RETURN(const NetParameter net, NetFileFromFlag());
  const std::string out = absl::GetFlag(FLAGS_out);
  DumpOptions options;
  options.inputs_path = absl::GetFlag(FLAGS_inputs);
  RETURN_IF_ERROR(RequireFlag("inputs", options.inputs_path, "in.safetensors"));
  RETURN_IF_ERROR(RequireFlag("out", out, "out.safetensors"));
  options.steps = absl::GetFlag(FLAGS_steps);
  if (options.steps < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--steps=", options.steps, " must be at least 0"));
  }
  options.no_dropout = absl::GetFlag(FLAGS_no_dropout);
  options.seed = absl::GetFlag(FLAGS_seed);
  ASSIGN_OR_RETURN(options.solver, SolverFromFlags());
  ASSIGN_OR_RETURN(options.backend, MakeBackendFromFlags());
  RETURN_IF_ERROR(SelectPassesFromFlag(&options.backend));

  const absl::StatusOr<Safetensors> inputs =
      Safetensors::Read(options.inputs_path);
  if (!inputs.ok()) {
    return ExplainMissingFile(inputs.status(), options.inputs_path);
  }
  ASSIGN_OR_RETURN(const std::vector<DumpTensor> outputs,
                   DumpRun(net, *inputs, options));
  return WriteOutputs(outputs, out);
}

}  // namespace
}  // namespace tamp

int main(int argc, char** argv) {
  return tamp::RunTool(argc, argv, tamp::kUsage, tamp::Dump);
}
