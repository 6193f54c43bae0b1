#include "solvers/sgd/sgd.h"

#include <cmath>
#include <string>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/device/memory_traits.h"
#include "core/nearest_name.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// From where a history of so many elements begins to where the next one may.
int64_t PaddedBytes(const MemoryTraits& traits, int64_t elements) {
  return traits.Aligned(elements * static_cast<int64_t>(sizeof(float)));
}

absl::Status CheckType(const SolverParameter& parameter) {
  if (parameter.has_type()) {
    if (parameter.type() == "SGD" || parameter.type() == "Nesterov") {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat(
        "type is \"", parameter.type(), "\", it must be SGD or Nesterov",
        DidYouMean(parameter.type(), {"SGD", "Nesterov"})));
  }
  if (parameter.solver_type() == SolverParameter::SGD ||
      parameter.solver_type() == SolverParameter::NESTEROV) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("solver_type is ",
                   SolverParameter::SolverType_Name(parameter.solver_type()),
                   ", it must be SGD or NESTEROV"));
}

bool IsNesterov(const SolverParameter& parameter) {
  return parameter.has_type()
             ? parameter.type() == "Nesterov"
             : parameter.solver_type() == SolverParameter::NESTEROV;
}

}  // namespace

absl::StatusOr<SgdOptions> SgdOptionsOf(const SolverParameter& parameter) {
  RETURN_IF_ERROR(CheckType(parameter));
  if (!(parameter.momentum() >= 0 && parameter.momentum() < 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("momentum is ", parameter.momentum(),
                     ", it must be at least 0 and below 1"));
  }
  if (!(std::isfinite(parameter.weight_decay()) &&
        parameter.weight_decay() >= 0)) {
    return absl::InvalidArgumentError(
        absl::StrCat("weight_decay is ", parameter.weight_decay(),
                     ", it must be a finite number of at least 0"));
  }
  const std::string& regularization = parameter.regularization_type();
  if (regularization != "L2" && regularization != "L1") {
    return absl::InvalidArgumentError(absl::StrCat("regularization_type is \"",
                                                   regularization,
                                                   "\", it must be L2 or L1"));
  }
  const double clip = parameter.clip_gradients();
  if (std::isnan(clip) || clip == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("clip_gradients is ", clip,
                     ", it must be above 0, or below 0 for no limit"));
  }
  SgdOptions options;
  options.momentum = parameter.momentum();
  options.weight_decay = parameter.weight_decay();
  options.decay = regularization == "L2" ? WeightDecay::kL2 : WeightDecay::kL1;
  options.nesterov = IsNesterov(parameter);
  options.clip_gradients = clip;
  return options;
}

Sgd::Sgd(const SgdOptions& options, std::shared_ptr<Device> device,
         Buffer momentum, std::vector<Slot> slots,
         std::unique_ptr<SgdKernel> kernel)
    : options_(options),
      device_(std::move(device)),
      momentum_(std::move(momentum)),
      slots_(std::move(slots)),
      kernel_(std::move(kernel)) {}

absl::StatusOr<std::unique_ptr<Sgd>> Sgd::Create(const SgdOptions& options,
                                                 const ParameterStore& store,
                                                 const Backend& backend) {
  const MemoryTraits traits = backend.device->memory_traits();
  int64_t bytes = 0;
  for (const Parameter& parameter : store.parameters()) {
    if (!parameter.learns()) continue;
    bytes += PaddedBytes(traits, parameter.shape.num_elements());
  }
  ASSIGN_OR_RETURN(Buffer momentum, backend.device->Allocate(bytes));
  std::vector<Slot> slots;
  std::vector<SgdTensor<float>> tensors;
  float* next = momentum.floats();
  for (const Parameter& parameter : store.parameters()) {
    if (!parameter.learns()) continue;
    const int64_t size = parameter.shape.num_elements();
    slots.push_back({&parameter, next});
    tensors.push_back({parameter.data, parameter.gradient, next, size,
                       parameter.lr_mult, parameter.decay_mult});
    next += PaddedBytes(traits, size) / static_cast<int64_t>(sizeof(float));
  }
  ASSIGN_OR_RETURN(std::unique_ptr<SgdKernel> kernel,
                   backend.make_sgd(tensors, *backend.device));
  return absl::WrapUnique(new Sgd(options, backend.device, std::move(momentum),
                                  std::move(slots), std::move(kernel)));
}

void Sgd::Update(double lr, int64_t num_batches) {
  const bool clips = options_.clip_gradients > 0;
  Apply(lr, 1.0 / num_batches, clips ? GradientNorm() : 0);
}

bool Sgd::UpdateScaled(double lr, int64_t num_batches, double loss_scale) {
  const double norm = GradientNorm();
  if (!std::isfinite(norm)) return false;
  Apply(lr, 1.0 / num_batches / loss_scale, norm / loss_scale);
  return true;
}

double Sgd::GradientNorm() { return std::sqrt(kernel_->GradientSquares()); }

void Sgd::Apply(double lr, double gradient_scale, double norm) {
  SgdStep step;
  step.lr = lr;
  step.momentum = options_.momentum;
  step.weight_decay = options_.weight_decay;
  step.decay = options_.decay;
  step.nesterov = options_.nesterov;
  step.gradient_scale = gradient_scale;
  if (options_.clip_gradients > 0 && norm > options_.clip_gradients) {
    step.gradient_scale *= options_.clip_gradients / norm;
  }
  kernel_->Update(step);
}

}  // namespace tamp
