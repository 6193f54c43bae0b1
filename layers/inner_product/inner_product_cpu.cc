// Matrix products by BLAS. Forward is cut into ranges of outputs, or of rows
// where there are more of those; backward into ranges of inputs, so that no
// element is a sum over tiles, and the weight is read once.

#include "layers/inner_product/inner_product_cpu.h"

#include <algorithm>
#include <cstdint>

#include "core/cpu/cpu_device.h"
#include "core/cpu/gemm.h"
#include "core/threads/tiles.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"
#include "layers/inner_product/inner_product_matrix.h"

namespace tamp {
namespace {

constexpr int64_t kMaxTiles = 16;
constexpr int64_t kMinTileSize = 16;

int64_t NumTiles(int64_t total) {
  return std::min(kMaxTiles, (total + kMinTileSize - 1) / kMinTileSize);
}

// Calls visit(element of the tensor, index in row-major order).
template <typename T, typename Visit>
void ForEachElement(Strided<T> tensor, const InnerProductExtents& extents,
                    Visit visit) {
  int64_t index = 0;
  for (int64_t n = 0; n < extents.num; ++n) {
    for (int64_t c = 0; c < extents.channels; ++c) {
      T* plane = tensor.at(n, c);
      for (int64_t s = 0; s < extents.spatial; ++s) visit(plane + s, index++);
    }
  }
}

// The tensor in place, or a copy of it.
Matrix<const float> ReadMatrix(Strided<const float> tensor,
                               const InnerProductExtents& extents,
                               int64_t columns, float* copy) {
  const Matrix<const float> matrix = MatrixInPlace(tensor, extents, columns);
  if (matrix.row_stride != 0) return matrix;
  ForEachElement(tensor, extents, [copy](const float* element, int64_t index) {
    copy[index] = *element;
  });
  return {copy, columns};
}

class InnerProductCpu : public InnerProductKernel {
 public:
  InnerProductCpu(const InnerProductOptions& options, const CpuDevice& device)
      : options_(options), device_(device) {}

  // Workspace: copies of x, y and dx, needed where their rows are not dense.
  int64_t forward_workspace_bytes() const override {
    return (XElements() + YElements()) * int64_t{sizeof(float)};
  }
  int64_t backward_workspace_bytes() const override {
    return (2 * XElements() + YElements()) * int64_t{sizeof(float)};
  }

  void Forward(const InnerProductForwardArgs<float>& args) override {
    float* copy = static_cast<float*>(args.workspace);
    const Matrix<const float> x =
        ReadMatrix(args.x, options_.x, options_.num_inputs, copy);
    Matrix<float> y = MatrixInPlace(args.y, options_.y, options_.num_outputs);
    const bool in_place = y.row_stride != 0;
    if (!in_place) y = {copy + XElements(), options_.num_outputs};
    const bool by_rows = options_.num_rows > options_.num_outputs;
    const int64_t total = by_rows ? options_.num_rows : options_.num_outputs;
    const int64_t num_tiles = NumTiles(total);
    device_.ParallelFor(num_tiles, [&](int64_t tile) {
      const Range range = TileRange(total, num_tiles, tile);
      const Range all_rows = {0, options_.num_rows};
      const Range all_outputs = {0, options_.num_outputs};
      ForwardTile(args, x, by_rows ? range : all_rows,
                  by_rows ? all_outputs : range, y);
    });
    if (in_place) return;
    ForEachElement(args.y, options_.y, [&](float* element, int64_t index) {
      *element = y.data[index];
    });
  }

  void Backward(const InnerProductBackwardArgs<float>& args) override {
    float* copy = static_cast<float*>(args.workspace);
    const Matrix<const float> x =
        ReadMatrix(args.x, options_.x, options_.num_inputs, copy);
    const Matrix<const float> dy = ReadMatrix(
        args.dy, options_.y, options_.num_outputs, copy + 2 * XElements());
    const bool wants_dx = args.dx_mode != GradMode::kSkip;
    Matrix<float> dx;
    bool in_place = true;
    if (wants_dx) {
      dx = MatrixInPlace(args.dx, options_.x, options_.num_inputs);
      in_place = dx.row_stride != 0;
      if (!in_place) dx = {copy + XElements(), options_.num_inputs};
    }
    const float dx_beta = in_place && args.dx_mode == GradMode::kAdd ? 1 : 0;
    const int64_t num_tiles = NumTiles(options_.num_inputs);
    device_.ParallelFor(num_tiles, [&](int64_t tile) {
      const Range inputs = TileRange(options_.num_inputs, num_tiles, tile);
      if (wants_dx) InputGradTile(args.w, dy, inputs, dx_beta, dx);
      if (args.dw_mode != GradMode::kSkip) {
        WeightGradTile(x, dy, inputs, args.dw_mode, args.dw);
      }
    });
    if (!in_place) {
      ForEachElement(args.dx, options_.x, [&](float* element, int64_t index) {
        StoreGrad(args.dx_mode, dx.data[index], element);
      });
    }
    if (args.dbias_mode != GradMode::kSkip) {
      BiasGrad(dy, args.dbias_mode, args.dbias);
    }
  }

 private:
  int64_t XElements() const { return options_.num_rows * options_.num_inputs; }
  int64_t YElements() const { return options_.num_rows * options_.num_outputs; }

  // Elements between the rows of the weight as stored.
  int64_t WeightStride() const {
    return options_.transposed ? options_.num_outputs : options_.num_inputs;
  }

  void ForwardTile(const InnerProductForwardArgs<float>& args,
                   Matrix<const float> x, Range rows, Range outputs,
                   Matrix<float> y) const {
    float* first = y.data + rows.begin * y.row_stride + outputs.begin;
    if (args.bias != nullptr) {
      for (int64_t r = 0; r < rows.size(); ++r) {
        std::copy(args.bias + outputs.begin, args.bias + outputs.end,
                  first + r * y.row_stride);
      }
    }
    const float* weight =
        args.w +
        (options_.transposed ? outputs.begin : outputs.begin * WeightStride());
    Gemm(Transpose::kNo, options_.transposed ? Transpose::kNo : Transpose::kYes,
         rows.size(), outputs.size(), options_.num_inputs, 1,
         x.data + rows.begin * x.row_stride, x.row_stride, weight,
         WeightStride(), args.bias != nullptr ? 1 : 0, first, y.row_stride);
  }

  void InputGradTile(const float* weight, Matrix<const float> dy, Range inputs,
                     float beta, Matrix<float> dx) const {
    const bool transposed = options_.transposed;
    Gemm(Transpose::kNo, transposed ? Transpose::kYes : Transpose::kNo,
         options_.num_rows, inputs.size(), options_.num_outputs, 1, dy.data,
         dy.row_stride,
         weight + (transposed ? inputs.begin * WeightStride() : inputs.begin),
         WeightStride(), beta, dx.data + inputs.begin, dx.row_stride);
  }

  void WeightGradTile(Matrix<const float> x, Matrix<const float> dy,
                      Range inputs, GradMode mode, float* dw) const {
    const float beta = mode == GradMode::kAdd ? 1 : 0;
    const float* x_part = x.data + inputs.begin;
    if (options_.transposed) {
      Gemm(Transpose::kYes, Transpose::kNo, inputs.size(), options_.num_outputs,
           options_.num_rows, 1, x_part, x.row_stride, dy.data, dy.row_stride,
           beta, dw + inputs.begin * WeightStride(), WeightStride());
    } else {
      Gemm(Transpose::kYes, Transpose::kNo, options_.num_outputs, inputs.size(),
           options_.num_rows, 1, dy.data, dy.row_stride, x_part, x.row_stride,
           beta, dw + inputs.begin, WeightStride());
    }
  }

  void BiasGrad(Matrix<const float> dy, GradMode mode, float* dbias) const {
    for (int64_t output = 0; output < options_.num_outputs; ++output) {
      double sum = 0;
      for (int64_t r = 0; r < options_.num_rows; ++r) {
        sum += dy.data[r * dy.row_stride + output];
      }
      StoreGrad(mode, static_cast<float>(sum), dbias + output);
    }
  }

  const InnerProductOptions options_;
  const CpuDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<InnerProductKernel>> MakeInnerProductCpu(
    const InnerProductOptions& options, Device& device) {
  return std::make_unique<InnerProductCpu>(options, AsCpu(device));
}

}  // namespace tamp
