#include "layers/batch_norm/batch_norm_cuda.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "core/rng.h"
#include "core/shape.h"
#include "gtest/gtest.h"
#include "kernels/grad_mode.h"
#include "layers/batch_norm/batch_norm_kernel.h"
#include "layers/batch_norm/batch_norm_reference.h"
#include "tests/util/devices/cuda_kernel_test.h"
#include "tests/util/devices/device_tensor.h"
#include "tests/util/tensor_matchers.h"
#include "tests/util/test_tensor.h"

namespace tamp {
namespace {

struct Case {
  Shape shape;
  Padding padding;
  bool affine, global, weighted;
  float mean = 0;  // of x

  BatchNormOptions options() const {
    return {shape.num(), shape.channels(), shape.spatial(), 1e-5f,
            0.9f,        global,           !global};
  }
};

const std::vector<Case>& Cases() {
  static const auto* const cases = new std::vector<Case>{
      {{3, 1, 1}, {}, true, false, false},
      {{2, 3, 15}, {1, 0}, true, false, true},
      {{3, 2, 16}, {0, 5}, false, false, false},
      {{2, 5, 17}, {3, 7}, true, true, false},
      {{1, 37, 49}, {2, 2}, false, true, true},
      {{2, 37, 49}, {0, 3}, true, false, false},
      {{13, 7}, {2, 3}, true, false, true},
      {{5}, {}, true, false, false},
      {{2, 2, 49, 49}, {3, 1}, true, false, true},  // several blocks a channel
      {{2, 2, 49, 49}, {3, 1}, true, true, false},
      {{2, 3, 15}, {1, 0}, true, false, false, 1000},
      {{1, 1, 70, 70}, {}, false, false, false, 1000}};
  return *cases;
}

// Where a kernel works, and how it is asked to.
struct Asked {
  GradMode mode = GradMode::kWrite;
  bool in_place = false;
  bool is_recomputation = false;
  bool does_parameters = true;
};

struct Results {
  std::vector<float> y, mean, inv_std;
  std::vector<float> running_mean, running_variance, running_weight;
  std::vector<float> dx, dgamma, dbeta;
  bool padding_is_untouched = false;
};

// All that a kernel reads and writes, in tensors of the host or of a device.
template <typename Tensor>
class Problem {
 public:
  template <typename Make>
  Problem(const Case& c, const Asked& asked, const Make& make)
      : case_(c),
        asked_(asked),
        x_(make(c.shape, c.padding)),
        y_(make(c.shape, c.padding)),
        dy_(make(c.shape, c.padding)),
        dx_(make(c.shape, c.padding)),
        gamma_(make({c.shape.channels()}, {})),
        beta_(gamma_like(make)),
        mean_(gamma_like(make)),
        inv_std_(gamma_like(make)),
        running_mean_(gamma_like(make)),
        running_variance_(gamma_like(make)),
        dgamma_(gamma_like(make)),
        dbeta_(gamma_like(make)),
        running_weight_(make({1}, {})) {
    RandomStream random(3);
    x_.FillRandom(&random, c.mean - 1, c.mean + 1);
    dy_.FillRandom(&random);
    for (Tensor* t : {&gamma_, &beta_, &running_mean_}) t->FillRandom(&random);
    running_variance_.FillRandom(&random, 0.5, 2);
    running_weight_.Fill(2.5f);
    // What is not written over shows.
    const float before = asked.mode == GradMode::kWrite
                             ? std::numeric_limits<float>::quiet_NaN()
                             : 9;
    for (Tensor* t : {&dx_, &dgamma_, &dbeta_}) t->Fill(before);
  }

  BatchNormForwardArgs<float> forward() {
    BatchNormForwardArgs<float> args;
    args.x = x_.view().strided();
    args.gamma = case_.affine ? gamma_.view().data : nullptr;
    args.beta = case_.affine ? beta_.view().data : nullptr;
    args.running_mean = running_mean_.view().data;
    args.running_variance = running_variance_.view().data;
    args.running_weight =
        case_.weighted ? running_weight_.view().data : nullptr;
    args.is_recomputation = asked_.is_recomputation;
    args.mean = mean_.view().data;
    args.inv_std = inv_std_.view().data;
    args.y = (asked_.in_place ? x_ : y_).view().strided();
    return args;
  }

  // Of the x that there was before a forward in place.
  BatchNormBackwardArgs<float> backward() {
    if (asked_.in_place) {
      y_.FromVector(x_.ToVector());
      RandomStream random(3);
      x_.FillRandom(&random, case_.mean - 1, case_.mean + 1);
    }
    BatchNormBackwardArgs<float> args;
    args.x = x_.view().strided();
    args.gamma = case_.affine ? gamma_.view().data : nullptr;
    args.mean = mean_.view().data;
    args.inv_std = inv_std_.view().data;
    args.dy = dy_.view().strided();
    args.dx = (asked_.in_place ? dy_ : dx_).view().strided();
    args.dx_mode = asked_.mode;
    if (case_.affine && asked_.does_parameters) {
      args.dgamma = dgamma_.view().data;
      args.dbeta = dbeta_.view().data;
      args.dgamma_mode = args.dbeta_mode = asked_.mode;
    }
    return args;
  }

  Results results() {
    if (asked_.in_place) dx_.FromVector(dy_.ToVector());
    return {y_.ToVector(),
            mean_.ToVector(),
            inv_std_.ToVector(),
            running_mean_.ToVector(),
            running_variance_.ToVector(),
            running_weight_.ToVector(),
            dx_.ToVector(),
            dgamma_.ToVector(),
            dbeta_.ToVector(),
            x_.PaddingIsUntouched() && y_.PaddingIsUntouched() &&
                dx_.PaddingIsUntouched() && dy_.PaddingIsUntouched()};
  }

 private:
  template <typename Make>
  Tensor gamma_like(const Make& make) {
    return make({case_.shape.channels()}, {});
  }

  const Case case_;
  const Asked asked_;
  Tensor x_, y_, dy_, dx_;
  Tensor gamma_, beta_, mean_, inv_std_, running_mean_, running_variance_;
  Tensor dgamma_, dbeta_, running_weight_;
};

class BatchNormCudaTest : public CudaKernelTest {
 protected:
  Results OnDevice(const Case& c, const Asked& asked) {
    Problem<DeviceTensor> problem(c, asked,
                                  [this](Shape shape, Padding padding) {
                                    return Tensor(shape, padding);
                                  });
    const auto kernel = MakeBatchNormCuda(c.options(), queue());
    kernel->Forward(problem.forward());
    kernel->Backward(problem.backward());
    return problem.results();
  }

  static Results Wanted(const Case& c, const Asked& asked) {
    Problem<TestTensor<float>> problem(
        c, asked, [](Shape shape, Padding padding) {
          return TestTensor<float>(shape, padding);
        });
    BatchNormForwardReference<float>(c.options(), problem.forward());
    BatchNormBackwardReference<float>(c.options(), problem.backward());
    return problem.results();
  }
};

INSTANTIATE_TEST_SUITE_P(Orders, BatchNormCudaTest, CudaOrders());

void ExpectClose(const Results& actual, const Results& wanted, const Case& c,
                 const Asked& asked) {
  EXPECT_TRUE(actual.padding_is_untouched);
  EXPECT_TRUE(AllClose(actual.y, wanted.y, 8));
  EXPECT_TRUE(AllClose(actual.mean, wanted.mean, 2));
  EXPECT_TRUE(AllClose(actual.inv_std, wanted.inv_std, 4));
  EXPECT_TRUE(AllClose(actual.running_mean, wanted.running_mean, 4));
  EXPECT_TRUE(AllClose(actual.running_variance, wanted.running_variance, 4));
  EXPECT_EQ(actual.running_weight, wanted.running_weight);
  // The mean that Backward is given has lost up to half an epsilon.
  EXPECT_TRUE(AllClose(actual.dx, wanted.dx, 16));
  if (!c.affine || !asked.does_parameters) return;
  EXPECT_TRUE(AllClose(actual.dgamma, wanted.dgamma, 16));
  EXPECT_TRUE(AllClose(actual.dbeta, wanted.dbeta, 16));
}

TEST_P(BatchNormCudaTest, EqualsReference) {
  for (const Case& c : Cases()) {
    SCOPED_TRACE(c.shape.ToString());
    for (const GradMode mode : {GradMode::kWrite, GradMode::kAdd}) {
      const Asked asked = {mode};
      ExpectClose(OnDevice(c, asked), Wanted(c, asked), c, asked);
    }
  }
}

TEST_P(BatchNormCudaTest, DoesOnlyWhatIsWanted) {
  for (const Case& c : {Cases()[1], Cases()[3], Cases()[8], Cases()[9]}) {
    SCOPED_TRACE(c.shape.ToString());
    const Asked again = {GradMode::kWrite, false, /*is_recomputation=*/true,
                         /*does_parameters=*/false};
    ExpectClose(OnDevice(c, again), Wanted(c, again), c, again);
    const std::vector<float> nines(c.shape.num_elements(), 9.0f);
    EXPECT_EQ(OnDevice(c, {GradMode::kSkip}).dx, nines);
  }
}

TEST_P(BatchNormCudaTest, SameBitsInPlaceAndInEveryOrder) {
  for (const Case& c : {Cases()[1], Cases()[3], Cases()[8], Cases()[9]}) {
    SCOPED_TRACE(c.shape.ToString());
    const Results actual = OnDevice(c, {GradMode::kWrite, /*in_place=*/true});
    const cuda_sim::ScopedOptions forward_order{cuda_sim::Options()};
    const Results wanted = OnDevice(c, {});
    EXPECT_EQ(actual.y, wanted.y);
    EXPECT_EQ(actual.dx, wanted.dx);
    EXPECT_EQ(actual.dgamma, wanted.dgamma);
    EXPECT_EQ(actual.dbeta, wanted.dbeta);
    EXPECT_EQ(actual.running_variance, wanted.running_variance);
    EXPECT_TRUE(actual.padding_is_untouched);
  }
}

}  // namespace
}  // namespace tamp
