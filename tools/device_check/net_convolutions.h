// The convolutions of a net as a device with cuDNN computes them: what cuDNN is
// asked for, found out from the planned graph alone.

#ifndef TAMP_TOOLS_DEVICE_CHECK_NET_CONVOLUTIONS_H_
#define TAMP_TOOLS_DEVICE_CHECK_NET_CONVOLUTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/cuda/cudnn/convolution_problem.h"
#include "layers/convolution/convolution_kernel.h"
#include "net/graph/graph.h"

namespace tamp {

enum class DevicePrecision { kFp32, kTf32, kBf16, kFp16 };
constexpr DevicePrecision kAllDevicePrecisions[] = {
    DevicePrecision::kFp32, DevicePrecision::kTf32, DevicePrecision::kBf16,
    DevicePrecision::kFp16};
// "fp32", "tf32", "bf16", "fp16"; another name is an error.
const char* ToString(DevicePrecision precision);
absl::StatusOr<DevicePrecision> ParseDevicePrecision(absl::string_view name);

struct NetConvolution {
  std::string layer;
  ConvolutionOptions options;  // of what is convolved: after pooling
};

// Of the layers Convolution and FusedConvolution, in the order of the graph.
absl::StatusOr<std::vector<NetConvolution>> FindConvolutions(
    const Graph& graph);

// Between dense tensors: NCHW of float32, NHWC of half types.
ConvolutionProblem ProblemOf(const ConvolutionOptions& options,
                             ConvolutionDirection direction,
                             DevicePrecision precision);

}  // namespace tamp

#endif  // TAMP_TOOLS_DEVICE_CHECK_NET_CONVOLUTIONS_H_
