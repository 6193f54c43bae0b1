// Trainings of a small DenseNet on a GPU, mostly a simulated one: beside those
// on the CPU, in all precisions, and from one to the other by a snapshot.

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "formats/snapshot.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "proto/snapshot.pb.h"
#include "proto/solver.pb.h"
#include "solvers/backend_cpu.h"
#include "solvers/solver.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::Each;
using testing::HasSubstr;
using testing::Pointwise;

using Losses = std::vector<double>;
using Tensor = SnapshotParameter::Tensor;

constexpr char kNet[] = R"(
  name: "small_densenet"
  module {
    name: "dense_layer"
    layer { name: "bn" type: "BatchNorm" bottom: "in" top: "bn"
            batch_norm_param { scale_bias: true } }
    layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
    layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
            convolution_param { num_output: 4 kernel_size: 3 pad: 1
              bias_term: false weight_filler { type: "msra" } } }
    layer { name: "cat" type: "Concat" bottom: "in" bottom: "conv" top: "out" }
  }
  layer { name: "data" type: "Data" top: "data" top: "label"
          data_param { batch_size: 12 } }
  layer { name: "stem" type: "Convolution" bottom: "data" top: "stem"
          convolution_param { num_output: 6 kernel_size: 3 pad: 1
            bias_term: false weight_filler { type: "msra" } } }
  layer { name: "block1" type: "Module" bottom: "stem" top: "block1"
          module_param { name: "dense_layer" repeat: 2 } }
  layer { name: "tbn" type: "BatchNorm" bottom: "block1" top: "tbn"
          batch_norm_param { scale_bias: true } }
  layer { name: "trelu" type: "ReLU" bottom: "tbn" top: "tbn" }
  layer { name: "tconv" type: "Convolution" bottom: "tbn" top: "tconv"
          convolution_param { num_output: 8 kernel_size: 1 bias_term: false
            weight_filler { type: "msra" } } }
  layer { name: "tpool" type: "Pooling" bottom: "tconv" top: "tpool"
          pooling_param { pool: AVE kernel_size: 2 stride: 2 } }
  layer { name: "block2" type: "Module" bottom: "tpool" top: "block2"
          module_param { name: "dense_layer" repeat: 2 } }
  layer { name: "bn" type: "BatchNorm" bottom: "block2" top: "bn"
          batch_norm_param { scale_bias: true } }
  layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
  layer { name: "pool" type: "Pooling" bottom: "bn" top: "pool"
          pooling_param { pool: AVE global_pooling: true } }
  layer { name: "fc" type: "InnerProduct" bottom: "pool" top: "fc"
          inner_product_param { num_output: 5
            weight_filler { type: "xavier" } } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
          top: "loss" loss_weight: )";

struct Recipe {
  NetParameter::Compute compute = NetParameter::FLOAT32;
  // Of a loss of such a weight; gradients are so large, and clipped.
  double loss_weight = 1;
  int iter_size = 1;
};

// 8x8 images of five classes, seen through noise.
MadeUpOptions DataOptions() {
  MadeUpOptions options;
  options.sample_shape = {1, 8, 8};
  options.num_train = 120;
  options.num_classes = 5;
  return options;
}

class Training {
 public:
  Training(const Backend& backend, const Recipe& recipe)
      : batches_(DataOptions()) {
    SolverParameter parameter;
    CHECK(google::protobuf::TextFormat::ParseFromString(
        absl::StrCat("net_param { ", kNet, recipe.loss_weight,
                     " } compute: ", NetParameter::Compute_Name(recipe.compute),
                     " } base_lr: 0.05 lr_policy: 'fixed' momentum: 0.9 "
                     "weight_decay: 0.0005 clip_gradients: 2 max_iter: 1000 "
                     "iter_size: ",
                     recipe.iter_size),
        &parameter));
    SolverOptions options;
    options.backend = backend;
    options.batch_sources = &batches_;
    auto solver = Solver::Create(parameter, options);
    CHECK(solver.ok()) << solver.status();
    solver_ = *std::move(solver);
  }

  Solver& solver() { return *solver_; }
  SnapshotParameter Capture() const { return solver_->Capture().value(); }
  std::string State() const { return Capture().SerializeAsString(); }

  // The losses of so many steps.
  Losses Run(int steps) {
    Losses losses;
    for (int i = 0; i < steps; ++i) {
      CHECK_OK(solver_->Step());
      losses.push_back(*solver_->last_step().loss);
    }
    return losses;
  }

 private:
  MadeUpBatches batches_;
  std::unique_ptr<Solver> solver_;
};

// The bytes of all tensors of a kind.
std::string TensorsOf(const SnapshotParameter& snapshot, Tensor::Kind kind) {
  std::string bytes;
  for (const Tensor& tensor : snapshot.tensor()) {
    if (tensor.kind() == kind) bytes += tensor.data();
  }
  return bytes;
}

class CudaTrainingTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const AvailableDevice& device : AvailableDevices()) {
      if (device.name == "cuda") cuda_ = device.make_backend(1);
    }
    if (cuda_.device == nullptr) GTEST_SKIP() << "no GPU, and none simulated";
  }

  Losses LossesOn(const Backend& backend, const Recipe& recipe, int steps) {
    return Training(backend, recipe).Run(steps);
  }

  const Backend cpu_ = MakeCpuBackend(1);
  Backend cuda_;
};

MATCHER_P(IsNear, tolerance, "") {
  return std::abs(std::get<0>(arg) - std::get<1>(arg)) <= tolerance;
}

TEST_F(CudaTrainingTest, TenStepsAreThoseOfTheCpu) {
  EXPECT_THAT(LossesOn(cuda_, {}, 10),
              Pointwise(IsNear(1e-4), LossesOn(cpu_, {}, 10)));
}

TEST_F(CudaTrainingTest, SixteenBitsStayClose) {
  const Losses exact = LossesOn(cuda_, {}, 10);
  const std::pair<NetParameter::Compute, double> cases[] = {
      {NetParameter::BF16, 0.05}, {NetParameter::FP16, 0.01}};
  for (const auto& [compute, tolerance] : cases) {
    const Losses losses = LossesOn(cuda_, {compute}, 10);
    EXPECT_THAT(losses, Pointwise(IsNear(tolerance), exact));
    EXPECT_NE(losses, exact) << "products are in float32";
  }
}

TEST_F(CudaTrainingTest, SnapshotsGoOnOnTheOtherDevice) {
  const Losses whole = LossesOn(cpu_, {}, 8);
  const Losses rest(whole.begin() + 4, whole.end());
  const std::string path = testing::TempDir() + "/other_device.snapshot";
  for (const bool starts_on_cpu : {true, false}) {
    {
      Training first(starts_on_cpu ? cpu_ : cuda_, {});
      first.Run(4);
      ASSERT_OK(WriteSnapshot(path, first.Capture()));
    }
    ASSERT_OK_AND_ASSIGN(const SnapshotParameter snapshot, ReadSnapshot(path));
    EXPECT_FALSE(snapshot.has_loss_scale());
    Training second(starts_on_cpu ? cuda_ : cpu_, {});
    ASSERT_OK(second.solver().Restore(snapshot));
    // Nothing is lost on the way.
    EXPECT_TRUE(second.State() == snapshot.SerializeAsString());
    EXPECT_THAT(second.Run(4), Pointwise(IsNear(1e-4), rest));
  }
}

TEST_F(CudaTrainingTest, LearnsInMixedPrecision) {
  Training training(cuda_, {NetParameter::FP16});
  const Losses losses = training.Run(100);
  double last = 0;
  for (int i = 90; i < 100; ++i) last += losses[i] / 10;
  EXPECT_LT(last, 0.3 * std::log(5.0));
  EXPECT_EQ(training.solver().loss_scale(), 65536);
}

// 65536 is too much for gradients of this weight, 1 is not.
constexpr double kHeavy = 64;

TEST_F(CudaTrainingTest, OverflowsMakeNoUpdate) {
  Training training(cuda_, {NetParameter::FP16, kHeavy});
  int num_skipped = 0;
  for (int i = 0; i < 8; ++i) {
    const SnapshotParameter before = training.Capture();
    const double scale = *training.solver().loss_scale();
    ASSERT_OK(training.solver().Step());
    EXPECT_EQ(training.solver().iteration(), i + 1);
    const SnapshotParameter after = training.Capture();
    const bool is_skipped = *training.solver().loss_scale() < scale;
    num_skipped += is_skipped;
    EXPECT_EQ(*training.solver().loss_scale(), is_skipped ? scale / 2 : scale);
    for (const Tensor::Kind kind : {Tensor::WEIGHT, Tensor::MOMENTUM}) {
      EXPECT_EQ(TensorsOf(after, kind) == TensorsOf(before, kind), is_skipped)
          << i;
    }
  }
  EXPECT_GT(num_skipped, 1);
  EXPECT_LT(num_skipped, 8);
}

// From between two overflows, also with several batches a step.
TEST_F(CudaTrainingTest, ResumesBitForBitWithItsLossScale) {
  for (const int iter_size : {1, 2}) {
    const Recipe recipe = {NetParameter::FP16, kHeavy, iter_size};
    Training whole(cuda_, recipe);
    whole.Run(1);
    const SnapshotParameter snapshot = whole.Capture();
    EXPECT_EQ(snapshot.loss_scale().value(), 32768);
    whole.Run(7);
    const int64_t good_steps = whole.Capture().loss_scale().good_steps();
    EXPECT_GT(good_steps, 0);
    EXPECT_LT(good_steps, 7);
    Training resumed(cuda_, recipe);
    ASSERT_OK(resumed.solver().Restore(snapshot));
    resumed.Run(7);
    EXPECT_TRUE(resumed.State() == whole.State()) << iter_size;
  }
}

TEST_F(CudaTrainingTest, GradientsThatNoScaleMakesFiniteEndIt) {
  Training training(cuda_, {NetParameter::FP16, 1e12});
  const std::string weights = TensorsOf(training.Capture(), Tensor::WEIGHT);
  training.Run(16);
  EXPECT_EQ(training.solver().loss_scale(), 1);
  EXPECT_TRUE(TensorsOf(training.Capture(), Tensor::WEIGHT) == weights);
  const std::string before = training.State();
  EXPECT_THAT(training.solver().Step(),
              StatusIs(StatusCode::kAborted,
                       HasSubstr("iteration 16: gradients are not finite with "
                                 "the least loss scale, 1, either; ")));
  EXPECT_TRUE(training.State() == before);
  EXPECT_EQ(training.solver().iteration(), 16);
}

}  // namespace
}  // namespace tamp
