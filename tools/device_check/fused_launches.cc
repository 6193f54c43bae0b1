#include <cstdint>

#include "kernels/grad_mode.h"
#include "proto/layer.pb.h"
#include "tools/device_check/net_convolutions.h"
#include "tools/device_check/node_launches.h"

namespace tamp {
namespace {

constexpr int64_t kHalfBytes = 2;

bool IsHalf(DevicePrecision precision) {
  return precision == DevicePrecision::kBf16 ||
         precision == DevicePrecision::kFp16;
}

// A product of a convolution, of factors of `a` and `b` elements. Half types
// are packed before and unpacked behind it (kernels/cuda/half_convolution.cc).
void Convolve(NodeLaunches* node, const char* work, int64_t a, int64_t b,
              int64_t product) {
  if (!IsHalf(node->precision())) {
    node->Product(work, kFloatBytes * (a + b + product), node->precision());
    return;
  }
  node->Kernel("pack", (kFloatBytes + kHalfBytes) * a);
  node->Kernel("pack", (kFloatBytes + kHalfBytes) * b);
  node->Product(work, kHalfBytes * (a + b + product), node->precision());
  node->Kernel("unpack", (kFloatBytes + kHalfBytes) * product);
}

// The tensors of a fused convolution, as its kernel calls them.
struct FusedConvolution {
  explicit FusedConvolution(const NodeLaunches& node)
      : options(node.node().parameter.fused_convolution_param()),
        x(node.input_size()),
        w(node.parameter_size(0)),
        y(node.output_size()) {
    // Pooled it has as many positions as y.
    const Shape& shape = node.node().plan.outputs[0];
    z = options.pools() ? y / shape.channels() * node.input_channels() : x;
  }

  bool changes_input() const {
    return options.has_batch_norm() || options.pools();
  }
  bool finishes_gradient() const {
    return options.has_statistics_eps() &&
           !options.output_gradient_is_finished();
  }

  const FusedConvolutionParameter& options;
  int64_t x, w, y, z = 0;
};

void LoadInput(const FusedConvolution& c, NodeLaunches* node) {
  if (c.changes_input() || !node->input_is_whole()) {
    node->Kernel("load", kFloatBytes * (c.x + c.z));
  }
}

void MakeOutputGradient(const FusedConvolution& c, NodeLaunches* node) {
  if (c.finishes_gradient()) {
    node->Kernel("prepare finishing", 0);
    node->Kernel("finish gradient", kFloatBytes * 3 * c.y);
  } else if (c.options.has_dropout_name() || !node->output_grad_is_whole()) {
    node->Kernel("finish gradient", kFloatBytes * 2 * c.y);
  }
}

}  // namespace

void FusedConvolutionForward(NodeLaunches* node) {
  const FusedConvolution c(*node);
  if (c.options.has_batch_norm()) node->Kernel("prepare norm", 0);
  LoadInput(c, node);
  Convolve(node, "convolve", c.z, c.w, c.y);
  const bool changes_output =
      c.options.has_dropout_name() || c.options.has_statistics_eps();
  if (changes_output || !node->output_is_whole()) {
    node->Kernel("store", kFloatBytes * 2 * c.y);
  }
}

void FusedConvolutionBackward(NodeLaunches* node) {
  const FusedConvolution c(*node);
  MakeOutputGradient(c, node);
  if (node->node().parameters[0]->learns()) {
    LoadInput(c, node);
    Convolve(node, "filter gradient", c.z, c.y, c.w);
  }
  if (!node->wants_more_than_weight()) return;
  Convolve(node, "input gradient", c.y, c.w, c.z);
  const bool is_in_place = !c.changes_input() &&
                           node->input_grad_mode() == GradMode::kWrite &&
                           node->input_grad_is_whole();
  if (is_in_place) return;
  const int64_t read_for_norm = c.options.has_batch_norm() ? c.x : 0;
  node->Kernel("store gradient",
               kFloatBytes * (c.z + read_for_norm + node->stored_input_grad()));
}

void FusedPoolingForward(NodeLaunches* node) {
  const auto& options = node->node().parameter.fused_pooling_param();
  node->Kernel("prepare norm", 0);
  node->Kernel("pool",
               kFloatBytes * (node->input_size() + node->output_size()));
  const bool is_max = options.pooling().pool() == PoolingParameter::MAX;
  if (!is_max && options.has_statistics_eps()) {
    node->Kernel("statistics", kFloatBytes * node->output_size());
  }
}

void FusedPoolingBackward(NodeLaunches* node) {
  if (!node->wants_more_than_weight() &&
      !node->node().parameters[0]->learns()) {
    return;
  }
  const auto& options = node->node().parameter.fused_pooling_param();
  const bool is_max = options.pooling().pool() == PoolingParameter::MAX;
  const int64_t x = node->input_size(), y = node->output_size();
  const bool finishes_output = options.has_statistics_eps();
  if (finishes_output) node->Kernel("prepare finishing", 0);
  const int64_t gradient = kFloatBytes * (finishes_output ? 2 * y : y);
  // Of max pooling, a byte a window says which element was the largest.
  const int64_t taps = is_max ? y : 0;
  node->Kernel("sum pooling gradient", kFloatBytes * x + gradient + taps);
  if (node->input_grad_mode() == GradMode::kSkip) return;
  const bool reads_input = !is_max || options.finishes_input_gradient();
  node->Kernel(
      "store pooling gradient",
      kFloatBytes * ((reads_input ? x : 0) + node->stored_input_grad()) +
          gradient + taps);
}

}  // namespace tamp
