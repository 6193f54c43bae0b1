// Training 2N iterations is training N, taking a snapshot, and going on for N
// from it, bit for bit: with dropout, augmentation, running statistics of both
// kinds, and another number of threads.

#include <string>

#include "core/check.h"
#include "formats/snapshot.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "proto/solver.pb.h"
#include "tests/util/cifar_training.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

constexpr char kSolver[] = R"(
  net_param {
    name: "small"
    layer { name: "data" type: "Data" top: "data" top: "label"
            data_param { backend: CIFAR10 batch_size: 5 }
            transform_param {
              pad: 4 rotate_degrees: 10 crop_size: 32 mirror: true
              scale: 0.01 mean_value: 1 std_value: 1 } }
    layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
            convolution_param { num_output: 4 kernel_size: 3 stride: 4
              weight_filler { type: "msra" } } }
    layer { name: "bn" type: "BatchNorm" bottom: "conv1" top: "bn"
            batch_norm_param { scale_bias: true } }
    layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
    layer { name: "drop" type: "Dropout" bottom: "bn" top: "drop"
            dropout_param { dropout_ratio: 0.3 } }
    layer { name: "norm" type: "BatchNorm" bottom: "conv1" top: "norm" }
    layer { name: "cat" type: "Concat" bottom: "norm" bottom: "drop"
            top: "cat" }
    layer { name: "fc" type: "InnerProduct" bottom: "cat" top: "fc"
            inner_product_param { num_output: 10
              weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
            top: "loss" }
    layer { name: "accuracy" type: "Accuracy" bottom: "fc" bottom: "label"
            top: "accuracy" }
  }
  base_lr: 0.05 momentum: 0.9 weight_decay: 0.001
  lr_policy: "step" gamma: 0.5 stepsize: 3 max_iter: 20
)";

// 15 images: three iterations of 5 are an epoch.
class ResumeTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  ResumeTest() {
    options_.make_backend = GetParam().make_backend;
    options_.folder = EmptyFolder("resume");
    WriteCifar10(options_.folder, 3, 3);
  }

  // Trains 2 * n iterations in one go and in two.
  void ExpectSameBits(const std::string& more, int n, int threads_after) {
    SolverParameter parameter;
    CHECK(google::protobuf::TextFormat::ParseFromString(kSolver + more,
                                                        &parameter));
    CifarTraining whole(parameter, options_);
    whole.Run(2 * n);

    const std::string path = testing::TempDir() + "/half.snapshot";
    {
      CifarTraining first(parameter, options_);
      first.Run(n);
      ASSERT_OK(WriteSnapshot(path, first.solver().Capture().value()));
    }
    CifarTrainingOptions after = options_;
    after.num_threads = threads_after;
    after.num_workers = 0;
    CifarTraining second(parameter, after);
    ASSERT_OK_AND_ASSIGN(const SnapshotParameter snapshot, ReadSnapshot(path));
    ASSERT_OK(second.solver().Restore(snapshot));
    EXPECT_EQ(second.solver().iteration(), n);
    EXPECT_NE(second.State(), whole.State());
    second.Run(n);
    EXPECT_TRUE(second.State() == whole.State()) << more << " at " << n;
  }

  CifarTrainingOptions options_;
};
INSTANTIATE_TEST_SUITE_P(Devices, ResumeTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(ResumeTest, AtAnEpochsEnd) { ExpectSameBits("", 3, 1); }

TEST_P(ResumeTest, WithinAnEpoch) { ExpectSameBits("", 4, 1); }

TEST_P(ResumeTest, WithOtherThreads) { ExpectSameBits("", 4, 3); }

TEST_P(ResumeTest, WithNesterovAndIterSize) {
  ExpectSameBits("type: 'Nesterov' iter_size: 2 clip_gradients: 1", 2, 2);
}

// Where a batch straddles two epochs.
TEST_P(ResumeTest, WithinABatchOfTwoEpochs) {
  options_.folder = EmptyFolder("straddle");
  WriteCifar10(options_.folder, 2, 3);  // 10 images
  ExpectSameBits("iter_size: 3", 3, 2);
}

}  // namespace
}  // namespace tamp
