// The three products of a fused convolution, by cuDNN, on dense tensors: the
// rest of it surrounds them.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_PRODUCTS_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_PRODUCTS_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/cuda/cudnn/convolution_plan.h"
#include "core/cuda/cudnn/convolution_plans.h"
#include "core/cuda/queue.h"
#include "kernels/cuda/half_convolution.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

class Products {
 public:
  // Fails where cuDNN has no plan. Both must outlive the products.
  static absl::StatusOr<Products> Create(const FusedConvolutionOptions& options,
                                         ConvolutionPlans* plans,
                                         CudaQueue* queue);

  int64_t forward_workspace_bytes() const { return forward_workspace_bytes_; }
  int64_t backward_workspace_bytes() const { return backward_workspace_bytes_; }

  // All tensors begin at multiples of 16 bytes, the workspace of 256; z, y and
  // their gradients are dense in NCHW. A failure is noted in the queue.
  void Forward(const float* z, const float* w, float* y, void* workspace) const;
  // REQUIRES: the options do not gather.
  void InputGradient(const float* dy, const float* w, float* dz,
                     void* workspace) const;
  // REQUIRES: mode is not kSkip.
  void FilterGradient(const float* z, const float* dy, GradMode mode, float* dw,
                      void* workspace) const;

 private:
  Products(ConvolutionPlans* plans, CudaQueue* queue)
      : plans_(*plans), queue_(*queue) {}
  absl::Status Plan(const FusedConvolutionOptions& options);
  absl::Status PlanHalf(const FusedConvolutionOptions& options);
  void Note(const absl::Status& status) const;

  // Where they lie dense.
  Strided<const float> Z(const float* z) const { return {z, z_image_, z_map_}; }
  Strided<const float> Y(const float* y) const { return {y, y_image_, y_map_}; }

  ConvolutionPlans& plans_;
  CudaQueue& queue_;
  int64_t forward_workspace_bytes_ = 0, backward_workspace_bytes_ = 0;
  const ConvolutionPlan* forward_ = nullptr;
  const ConvolutionPlan* input_gradient_ = nullptr;  // null: it gathers
  const ConvolutionPlan* filter_gradient_ = nullptr;
  const ConvolutionPlan* added_filter_gradient_ = nullptr;
  // Instead of these plans, of products of 16 bits.
  std::optional<HalfConvolution> half_;
  int64_t z_map_ = 0, z_image_ = 0, y_map_ = 0, y_image_ = 0;  // floats
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CUDA_PRODUCTS_H_
