// cuDNN multiplies dense tensors; own kernels make them of strided ones and
// back, and do there all that is fused. What lies dense already, and has
// nothing to be done to it, cuDNN takes as it is.

#include "layers/fused_convolution/fused_convolution_cuda.h"

#include <cstdint>
#include <utility>

#include "core/cuda/cuda_device.h"
#include "core/cuda/cudnn/convolution_plans.h"
#include "core/cuda/queue.h"
#include "core/status_macros.h"
#include "kernels/cuda/fused_norm_cuda.h"
#include "kernels/fused_norm.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"
#include "layers/fused_convolution/cuda/input_gradient.h"
#include "layers/fused_convolution/cuda/load.h"
#include "layers/fused_convolution/cuda/output_gradient.h"
#include "layers/fused_convolution/cuda/output_norm.h"
#include "layers/fused_convolution/cuda/products.h"
#include "layers/fused_convolution/cuda/store.h"

namespace tamp {
namespace {

// Parts of a workspace, one behind the other. Each begins as aligned as the
// workspace does.
class Parts {
 public:
  // The place of a new part.
  int64_t AddBytes(int64_t bytes) {
    const int64_t place = bytes_;
    bytes_ += (bytes + kAlignment - 1) / kAlignment * kAlignment;
    return place;
  }
  int64_t AddFloats(int64_t count) {
    return AddBytes(count * int64_t{sizeof(float)});
  }
  int64_t bytes() const { return bytes_; }

 private:
  static constexpr int64_t kAlignment = 256;
  int64_t bytes_ = 0;
};

float* Part(void* workspace, int64_t place) {
  return reinterpret_cast<float*>(static_cast<char*>(workspace) + place);
}

// Whether cuDNN can take it as a dense tensor of `channels` maps of `size`.
template <typename T>
bool IsDense(const Strided<T>& maps, int64_t num, int64_t channels,
             int64_t size) {
  return (channels == 1 || maps.channel_stride == size) &&
         (num == 1 || maps.image_stride == channels * size) &&
         reinterpret_cast<uintptr_t>(maps.data) % 16 == 0;
}

class FusedConvolutionCuda : public FusedConvolutionKernel {
 public:
  FusedConvolutionCuda(const FusedConvolutionOptions& options, CudaQueue& queue,
                       Products products)
      : o_(options), queue_(queue), products_(std::move(products)) {
    const int64_t z_floats = o_.num * o_.channels * o_.z_size();
    const int64_t y_floats = o_.num * o_.num_output * o_.output_size();
    forward_.AddBytes(products_.forward_workspace_bytes());
    forward_z_ = forward_.AddFloats(z_floats);
    forward_y_ = forward_.AddFloats(y_floats);
    if (o_.shifts_output) {
      scaled_w_ = forward_.AddFloats(o_.num_output * o_.channels * o_.taps());
      shifts_ = forward_.AddFloats(o_.num_output);
    }
    backward_.AddBytes(products_.backward_workspace_bytes());
    backward_z_ = backward_.AddFloats(z_floats);
    backward_y_ = backward_.AddFloats(y_floats);
    finishing_ = backward_.AddFloats(NumFinishingTerms(o_.num_output));
  }

  int64_t forward_workspace_bytes() const override { return forward_.bytes(); }
  int64_t backward_workspace_bytes() const override {
    return backward_.bytes();
  }

  void Forward(const FusedConvolutionForwardArgs<float>& args) override {
    if (o_.normalizes) {
      PrepareFusedNorm(queue_, args.norm, o_.channels,
                       o_.num * o_.height * o_.width);
    }
    const float* z =
        DenseInput(args.x, args.norm.terms, Part(args.workspace, forward_z_));
    const float* w = args.w;
    const float* shifts = nullptr;
    if (o_.shifts_output) {
      float* const scaled_w = Part(args.workspace, scaled_w_);
      float* const made = Part(args.workspace, shifts_);
      FoldOutputNorm(queue_, o_, args.output_norm, w, scaled_w, made);
      w = scaled_w;
      shifts = made;
    }
    const bool is_in_place =
        IsDense(args.y, o_.num, o_.num_output, o_.output_size());
    float* const product =
        is_in_place ? args.y.data : Part(args.workspace, forward_y_);
    products_.Forward(z, w, product, args.workspace);
    if (is_in_place && !ChangesOutput()) return;
    StoreOutput(queue_, o_, args, product, shifts);
  }

  void Backward(const FusedConvolutionBackwardArgs<float>& args) override {
    const float* dy = DenseOutputGradient(args);
    float* const scratch = Part(args.workspace, backward_z_);
    if (args.dw_mode != GradMode::kSkip) {
      const float* z = DenseInput(args.x, args.norm.terms, scratch);
      products_.FilterGradient(z, dy, args.dw_mode, args.dw, args.workspace);
    }
    if (!WantsInputGradient(args)) return;
    // z is not needed any more: its gradient takes its place.
    const bool is_in_place = !ChangesInput() &&
                             args.dx_mode == GradMode::kWrite &&
                             IsDense(args.dx, o_.num, o_.channels, o_.z_size());
    float* const dz = is_in_place ? args.dx.data : scratch;
    products_.InputGradient(dy, args.w, dz, args.workspace);
    if (!is_in_place) StoreInputGradient(queue_, o_, args, dz);
  }

 private:
  bool ChangesInput() const { return o_.normalizes || o_.pools; }
  bool ChangesOutput() const {
    return o_.drops || o_.has_statistics || o_.shifts_output ||
           o_.rectifies_output;
  }

  // z: x itself, or made in `scratch`. The norm's terms may be null.
  const float* DenseInput(const Strided<const float>& x, const float* terms,
                          float* scratch) {
    if (!ChangesInput() && IsDense(x, o_.num, o_.channels, o_.z_size())) {
      return x.data;
    }
    LoadInput(queue_, o_, x, FusedNormTermsAt(terms, o_.channels), scratch);
    return scratch;
  }

  // dY: g itself, or made in the workspace.
  const float* DenseOutputGradient(
      const FusedConvolutionBackwardArgs<float>& args) {
    FinishingTerms<float> terms;
    if (args.finishing.statistics != nullptr) {
      terms = FinishingTermsAt(Part(args.workspace, finishing_), o_.num_output);
      PrepareFinishing(queue_, args.finishing, o_.num_output,
                       o_.num * o_.output_size(), terms);
    } else if (!o_.drops &&
               IsDense(args.g, o_.num, o_.num_output, o_.output_size())) {
      return args.g.data;
    }
    float* const dy = Part(args.workspace, backward_y_);
    FinishOutputGradient(queue_, o_, args, {terms.p, terms.q, terms.r}, dy);
    return dy;
  }

  const FusedConvolutionOptions o_;
  CudaQueue& queue_;
  const Products products_;
  // Places behind what cuDNN works in.
  Parts forward_, backward_;
  int64_t forward_z_, forward_y_, scaled_w_ = 0, shifts_ = 0;
  int64_t backward_z_, backward_y_, finishing_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FusedConvolutionKernel>>
MakeFusedConvolutionCuda(const FusedConvolutionOptions& options,
                         Device& device) {
  CudaDevice& cuda = AsCuda(device);
  ASSIGN_OR_RETURN(ConvolutionPlans * plans, cuda.convolution_plans());
  ASSIGN_OR_RETURN(Products products,
                   Products::Create(options, plans, &cuda.queue()));
  return std::make_unique<FusedConvolutionCuda>(options, cuda.queue(),
                                                std::move(products));
}

}  // namespace tamp
