// A FusedConvolutionProblem on a device: its memory is copied there, and back
// by DeviceMirror::CopyBack.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_MIRROR_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_MIRROR_H_

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

#include "core/device/device.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_test_problem.h"
#include "tests/util/devices/device_mirror.h"

namespace tamp {

class FusedConvolutionMirror : public DeviceMirror {
 public:
  // Maps begin so many floats behind aligned addresses.
  FusedConvolutionMirror(FusedConvolutionProblem<float>* problem,
                         Device* device, int64_t offset = 0)
      : DeviceMirror(device), problem_(*problem) {
    const std::vector<float>* const maps[] = {
        &problem->x.tensor().memory(), &problem->y.tensor().memory(),
        &problem->g.tensor().memory(), &problem->dx.tensor().memory()};
    problem->ForEachArray([&](std::vector<float>* array) {
      const bool is_map =
          std::find(std::begin(maps), std::end(maps), array) != std::end(maps);
      Add(array, is_map ? offset : 0);
    });
  }

  FusedConvolutionForwardArgs<float> forward_args(void* workspace = nullptr) {
    FusedConvolutionForwardArgs<float> args = problem_.forward_args(workspace);
    args.x = At(args.x);
    args.norm = At(args.norm);
    args.w = At(args.w);
    args.y = At(args.y);
    args.output_norm = At(args.output_norm);
    args.statistics = At(args.statistics);
    return args;
  }

  FusedConvolutionBackwardArgs<float> backward_args(void* workspace = nullptr) {
    FusedConvolutionBackwardArgs<float> args =
        problem_.backward_args(workspace);
    args.x = At(args.x);
    args.norm = At(args.norm);
    args.w = At(args.w);
    args.y = At(args.y);
    args.g = At(args.g);
    args.finishing = At(args.finishing);
    args.dx = At(args.dx);
    args.dw = At(args.dw);
    return args;
  }

 private:
  FusedConvolutionProblem<float>& problem_;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_FUSED_CONVOLUTION_TEST_MIRROR_H_
