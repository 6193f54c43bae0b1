// Sgd: updates the learned parameters of a store by stochastic gradient
// descent; see kernels/sgd_kernel.h for the formula.
//
//   ASSIGN_OR_RETURN(const SgdOptions options, SgdOptionsOf(solver_parameter));
//   ASSIGN_OR_RETURN(auto sgd, Sgd::Create(options, store, backend));
//   net->Forward(step); net->Backward(step, GradMode::kWrite);
//   sgd->Update(lr, 1);

#ifndef TAMP_SOLVERS_SGD_SGD_H_
#define TAMP_SOLVERS_SGD_SGD_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "kernels/sgd_kernel.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "proto/solver.pb.h"

namespace tamp {

struct SgdOptions {
  double momentum = 0;
  double weight_decay = 0;
  WeightDecay decay = WeightDecay::kL2;
  bool nesterov = false;
  // Largest L2 norm, over all parameters that learn, of the gradient's sum over
  // the batches of an update; below 0: no limit.
  double clip_gradients = -1;
};

// Errors name the field: `momentum is 1, it must be at least 0 and below 1`.
absl::StatusOr<SgdOptions> SgdOptionsOf(const SolverParameter& parameter);

class Sgd {
 public:
  // A parameter that learns and its history. Parameters with lr_mult 0 have
  // none: they stay as they are.
  struct Slot {
    const Parameter* parameter;
    float* momentum;  // as many elements, dense, on the device
  };

  // The store's learned parameters must have their memory; the store must
  // outlive the Sgd. Fails when there is no memory for the history, and where
  // the kernel cannot be made.
  static absl::StatusOr<std::unique_ptr<Sgd>> Create(
      const SgdOptions& options, const ParameterStore& store,
      const Backend& backend);

  // One update. Gradients are sums over num_batches (positive) batches: the sum
  // is clipped, then divided, in Caffe's order.
  void Update(double lr, int64_t num_batches);

  // The same with gradients of the loss times `loss_scale`, which is divided
  // out before they are clipped. When not all of them are finite nothing
  // changes, and the result is false. Waits for the device.
  bool UpdateScaled(double lr, int64_t num_batches, double loss_scale);

  const std::vector<Slot>& slots() const { return slots_; }

 private:
  Sgd(const SgdOptions& options, std::shared_ptr<Device> device,
      Buffer momentum, std::vector<Slot> slots,
      std::unique_ptr<SgdKernel> kernel);

  // The L2 norm of all gradients, as they are; not finite unless all are.
  double GradientNorm();
  // `norm` is that of the gradients' sum, without a scale; read only to clip.
  void Apply(double lr, double gradient_scale, double norm);

  const SgdOptions options_;
  const std::shared_ptr<Device> device_;  // outlives what lives on it
  const Buffer momentum_;
  const std::vector<Slot> slots_;
  const std::unique_ptr<SgdKernel> kernel_;
};

}  // namespace tamp

#endif  // TAMP_SOLVERS_SGD_SGD_H_
