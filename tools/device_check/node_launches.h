// The launches of single layers, for StepLaunches (step_launches.h).

#ifndef TAMP_TOOLS_DEVICE_CHECK_NODE_LAUNCHES_H_
#define TAMP_TOOLS_DEVICE_CHECK_NODE_LAUNCHES_H_

#include <cstdint>
#include <utility>
#include <vector>

#include "kernels/grad_mode.h"
#include "net/planned_net.h"
#include "tools/device_check/net_convolutions.h"
#include "tools/device_check/step_launches.h"

namespace tamp {

constexpr int64_t kFloatBytes = sizeof(float);

// A node of a planned net, and where its launches are noted. Sizes are numbers
// of elements.
class NodeLaunches {
 public:
  NodeLaunches(const PlannedNet& net, int n, DevicePrecision precision,
               std::vector<Launch>* launches)
      : net_(net),
        node_(net.graph.nodes[n]),
        layout_(net.layout.nodes[n]),
        precision_(precision),
        launches_(*launches) {}

  const Node& node() const { return node_; }
  const NodeLayout& layout() const { return layout_; }
  DevicePrecision precision() const { return precision_; }

  int64_t input_size() const { return SizeOf(node_.inputs[0]); }
  int64_t input_channels() const {
    return net_.graph.values[node_.inputs[0]].shape.channels();
  }
  int64_t output_size() const { return SizeOf(node_.outputs[0]); }
  int64_t parameter_size(int p) const {
    return node_.parameters[p]->shape.num_elements();
  }
  // Whether tensors are whole, rather than channels of a larger one: then they
  // lie dense on a GPU.
  bool input_is_whole() const { return IsWhole(node_.inputs[0], false); }
  bool output_is_whole() const { return IsWhole(node_.outputs[0], false); }
  bool input_grad_is_whole() const { return IsWhole(node_.inputs[0], true); }
  bool output_grad_is_whole() const { return IsWhole(node_.outputs[0], true); }
  // Of the gradient of input 0: what storing it reads and writes.
  GradMode input_grad_mode() const { return layout_.input_grad_modes[0]; }
  int64_t stored_input_grad() const;
  // Whether an input or a parameter behind the first wants a gradient.
  bool wants_more_than_weight() const;

  void Kernel(const char* work, int64_t bytes) {
    launches_.push_back(
        {Launch::Kind::kKernel, node_.parameter.name(), work, bytes});
  }
  void Copy(const char* work, int64_t bytes) {
    launches_.push_back(
        {Launch::Kind::kCopy, node_.parameter.name(), work, bytes});
  }
  void Product(const char* work, int64_t bytes, DevicePrecision precision) {
    launches_.push_back({Launch::Kind::kProduct, node_.parameter.name(), work,
                         bytes, node_.plan.forward_multiply_adds, precision});
  }

 private:
  int64_t SizeOf(int value) const {
    return net_.graph.values[value].shape.num_elements();
  }
  bool IsWhole(int value, bool is_gradient) const;

  const PlannedNet& net_;
  const Node& node_;
  const NodeLayout& layout_;
  const DevicePrecision precision_;
  std::vector<Launch>& launches_;
};

// layers/fused_convolution/fused_convolution_cuda.cc.
void FusedConvolutionForward(NodeLaunches* node);
void FusedConvolutionBackward(NodeLaunches* node);
// layers/fused_pooling/fused_pooling_cuda.cu.
void FusedPoolingForward(NodeLaunches* node);
void FusedPoolingBackward(NodeLaunches* node);

}  // namespace tamp

#endif  // TAMP_TOOLS_DEVICE_CHECK_NODE_LAUNCHES_H_
