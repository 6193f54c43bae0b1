// Matrix products by cuBLAS. Tensors whose strides are no matrix's are copied.

#include "layers/inner_product/inner_product_cuda.h"

#include <cstdint>
#include <utility>

#include "core/cuda/cublas.h"
#include "core/cuda/cuda_device.h"
#include "core/cuda/queue.h"
#include "core/status_macros.h"
#include "core/transpose.h"
#include "kernels/copy_kernel.h"
#include "kernels/cuda/copy_cuda.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"
#include "layers/inner_product/inner_product_cuda_bias.h"
#include "layers/inner_product/inner_product_matrix.h"

namespace tamp {
namespace {

constexpr int64_t kFloatBytes = sizeof(float);

Extents ExtentsOf(const InnerProductExtents& extents) {
  return {extents.num, extents.channels, extents.spatial};
}

Strided<float> Dense(float* data, const InnerProductExtents& extents) {
  return {data, extents.channels * extents.spatial, extents.spatial};
}

class InnerProductCuda : public InnerProductKernel {
 public:
  InnerProductCuda(const InnerProductOptions& options, CudaQueue& queue,
                   Cublas* cublas)
      : options_(options),
        queue_(queue),
        cublas_(cublas),
        copy_(MakeCopyCuda(queue)) {}

  // Workspace: copies of x, y and dx, needed where their rows are not dense.
  int64_t forward_workspace_bytes() const override {
    return (XElements() + YElements()) * kFloatBytes;
  }
  int64_t backward_workspace_bytes() const override {
    return (2 * XElements() + YElements()) * kFloatBytes;
  }

  void Forward(const InnerProductForwardArgs<float>& args) override {
    float* copy = static_cast<float*>(args.workspace);
    const Matrix<const float> x =
        ReadMatrix(args.x, options_.x, options_.num_inputs, copy);
    Matrix<float> y = MatrixInPlace(args.y, options_.y, options_.num_outputs);
    const bool in_place = y.row_stride != 0;
    if (!in_place) y = {copy + XElements(), options_.num_outputs};
    if (args.bias != nullptr) {
      SetRowsToBias(queue_, args.bias, options_.num_rows, options_.num_outputs,
                    y.data, y.row_stride);
    }
    cublas_->Gemm(Transpose::kNo,
                  options_.transposed ? Transpose::kNo : Transpose::kYes,
                  options_.num_rows, options_.num_outputs, options_.num_inputs,
                  x.data, x.row_stride, args.w, WeightStride(),
                  args.bias != nullptr ? 1 : 0, y.data, y.row_stride);
    if (in_place) return;
    copy_->CopyInOrder(Dense(y.data, options_.y), ExtentsOf(options_.y), args.y,
                       ExtentsOf(options_.y), GradMode::kWrite);
  }

  void Backward(const InnerProductBackwardArgs<float>& args) override {
    float* copy = static_cast<float*>(args.workspace);
    const Matrix<const float> dy = ReadMatrix(
        args.dy, options_.y, options_.num_outputs, copy + 2 * XElements());
    if (args.dw_mode != GradMode::kSkip) WeightGrad(args, dy);
    if (args.dbias_mode != GradMode::kSkip) {
      SumRows(queue_, dy.data, options_.num_rows, options_.num_outputs,
              dy.row_stride, args.dbias_mode, args.dbias);
    }
    if (args.dx_mode != GradMode::kSkip) InputGrad(args, dy);
  }

 private:
  int64_t XElements() const { return options_.num_rows * options_.num_inputs; }
  int64_t YElements() const { return options_.num_rows * options_.num_outputs; }

  // Elements between the rows of the weight as stored.
  int64_t WeightStride() const {
    return options_.transposed ? options_.num_outputs : options_.num_inputs;
  }

  // The tensor in place, or a copy of it.
  Matrix<const float> ReadMatrix(const Strided<const float>& tensor,
                                 const InnerProductExtents& extents,
                                 int64_t columns, float* copy) {
    const Matrix<const float> matrix = MatrixInPlace(tensor, extents, columns);
    if (matrix.row_stride != 0) return matrix;
    copy_->CopyInOrder(tensor, ExtentsOf(extents), Dense(copy, extents),
                       ExtentsOf(extents), GradMode::kWrite);
    return {copy, columns};
  }

  void InputGrad(const InnerProductBackwardArgs<float>& args,
                 const Matrix<const float>& dy) {
    Matrix<float> dx = MatrixInPlace(args.dx, options_.x, options_.num_inputs);
    const bool in_place = dx.row_stride != 0;
    if (!in_place) {
      dx = {static_cast<float*>(args.workspace) + XElements(),
            options_.num_inputs};
    }
    cublas_->Gemm(Transpose::kNo,
                  options_.transposed ? Transpose::kYes : Transpose::kNo,
                  options_.num_rows, options_.num_inputs, options_.num_outputs,
                  dy.data, dy.row_stride, args.w, WeightStride(),
                  in_place && args.dx_mode == GradMode::kAdd ? 1 : 0, dx.data,
                  dx.row_stride);
    if (in_place) return;
    copy_->CopyInOrder(Dense(dx.data, options_.x), ExtentsOf(options_.x),
                       args.dx, ExtentsOf(options_.x), args.dx_mode);
  }

  void WeightGrad(const InnerProductBackwardArgs<float>& args,
                  const Matrix<const float>& dy) {
    const Matrix<const float> x =
        ReadMatrix(args.x, options_.x, options_.num_inputs,
                   static_cast<float*>(args.workspace));
    const float beta = args.dw_mode == GradMode::kAdd ? 1 : 0;
    int64_t num_rows = options_.num_outputs, num_columns = options_.num_inputs;
    Matrix<const float> a = dy, b = x;
    if (options_.transposed) {
      std::swap(num_rows, num_columns);
      std::swap(a, b);
    }
    cublas_->Gemm(Transpose::kYes, Transpose::kNo, num_rows, num_columns,
                  options_.num_rows, a.data, a.row_stride, b.data, b.row_stride,
                  beta, args.dw, WeightStride());
  }

  const InnerProductOptions options_;
  CudaQueue& queue_;
  Cublas* const cublas_;
  const std::unique_ptr<CopyKernel> copy_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<InnerProductKernel>> MakeInnerProductCuda(
    const InnerProductOptions& options, Device& device) {
  CudaDevice& cuda = AsCuda(device);
  ASSIGN_OR_RETURN(Cublas * cublas, cuda.cublas());
  return std::make_unique<InnerProductCuda>(options, cuda.queue(), cublas);
}

}  // namespace tamp
