// The bits of a training do not depend on the number of threads.

#include <string>

#include "gtest/gtest.h"
#include "proto/solver.pb.h"
#include "tests/util/cifar_training.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

class ThreadDeterminismTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, ThreadDeterminismTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(ThreadDeterminismTest, DenseNet40) {
  CifarTrainingOptions options;
  options.make_backend = GetParam().make_backend;
  options.folder = EmptyFolder("determinism");
  WriteCifar10(options.folder, 4, 2);
  const int num_steps = GetParam().is_simulated ? 1 : 3;
  const SolverParameter parameter = CifarSolver(
      ReadNetWithBatchSize("net/densenet40.prototxt", 4), num_steps);
  std::string expected;
  for (const int threads : {1, 2, 3}) {
    options.num_threads = threads;
    options.num_workers = threads - 1;
    CifarTraining training(parameter, options);
    const std::string start = training.State();
    training.Run(num_steps);
    const std::string state = training.State();
    EXPECT_TRUE(state != start);
    if (threads == 1) expected = state;
    EXPECT_TRUE(state == expected) << threads << " threads";
  }
}

}  // namespace
}  // namespace tamp
