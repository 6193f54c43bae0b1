#include "layers/fused_convolution/cuda/input_gradient.h"

#include <vector>

#include "core/rng.h"
#include "gtest/gtest.h"
#include "kernels/fused_norm_reference.h"
#include "kernels/grad_mode.h"
#include "layers/fused_convolution/cuda/part_test_cases.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"
#include "layers/fused_convolution/fused_convolution_reference.h"
#include "layers/fused_convolution/fused_convolution_test_mirror.h"
#include "layers/fused_convolution/fused_convolution_test_problem.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/fused_norm_problem.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_maps.h"

namespace tamp {
namespace {

constexpr double kEpsilons = 16;

constexpr auto kSkip = GradMode::kSkip, kWrite = GradMode::kWrite,
               kAdd = GradMode::kAdd;

struct Modes {
  GradMode dx, dgamma, dbeta, statistics_grad;
};

class InputGradientTest : public CudaKernelTest {
 protected:
  void Check(const FusedConvolutionOptions& o, MapOrder order,
             const Modes& modes) {
    SCOPED_TRACE(Describe(o, order));
    FusedConvolutionProblem<float> actual(o, order), expected(o, order);
    for (auto* problem : {&actual, &expected}) {
      problem->set_dx_mode(modes.dx);
      problem->set_norm_modes(modes.dgamma, modes.dbeta, modes.statistics_grad);
      if (!o.normalizes) continue;
      PrepareFusedNormReference(problem->forward_args().norm, o.channels,
                                o.num * o.height * o.width);
    }
    DenseMaps maps = InputMaps(o);
    RandomStream random(7);
    for (double& value : maps.data) value = float(random.Uniform(-1, 1));
    std::vector<float> dz = ToFloats(maps.data);
    InputGradReference(o, expected.backward_args(), &maps);
    FusedConvolutionMirror mirror(&actual, &device());
    mirror.Add(&dz);
    StoreInputGradient(queue(), o, mirror.backward_args(),
                       mirror.At(dz.data()));
    mirror.CopyBack();
    if (modes.dx != GradMode::kSkip) {
      EXPECT_TRUE(AllClose(actual.dx.tensor().ToVector(),
                           expected.dx.tensor().ToVector(), kEpsilons));
      EXPECT_TRUE(actual.dx.tensor().PaddingIsUntouched());
    }
    if (o.normalizes) ExpectNormGradsEqual(actual, expected, kEpsilons);
  }
};

TEST_P(InputGradientTest, EqualsReference) {
  for (FusedConvolutionOptions o : PartSizes()) {
    for (const MapOrder order : kMapOrders) {
      for (const bool normalizes : {false, true}) {
        o.normalizes = normalizes;
        for (const bool pools : {false, true}) {
          o.pools = pools && CanPool(o);
          Check(o, order, {kWrite, kWrite, kAdd, kAdd});
        }
      }
    }
  }
}

TEST_P(InputGradientTest, DoesAsModesSay) {
  FusedConvolutionOptions o = PartSizes()[3];
  for (const bool pools : {false, true}) {
    o.pools = pools;
    o.normalizes = true;
    for (const Modes& modes : {Modes{kAdd, kAdd, kWrite, kWrite},
                               Modes{kSkip, kWrite, kSkip, kWrite},
                               Modes{kWrite, kSkip, kSkip, kSkip}}) {
      Check(o, MapOrder::kPadded, modes);
    }
    o.normalizes = false;
    for (const GradMode mode : {kSkip, kAdd}) {
      Check(o, MapOrder::kPadded, {mode, kSkip, kSkip, kSkip});
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Orders, InputGradientTest, CudaOrders());

}  // namespace
}  // namespace tamp
