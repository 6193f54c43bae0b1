// A small DenseNet learns: from a solver's file to the last line on the screen.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "solvers/solver_file.h"
#include "solvers/state/snapshot_series.h"
#include "solvers/training/train.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::MatchesRegex;
using testing::SizeIs;

constexpr char kSolver[] = R"(
  net_param {
    name: "small_densenet"
    module {
      name: "dense_layer"
      layer { name: "bn" type: "BatchNorm" bottom: "in" top: "bn"
              batch_norm_param { scale_bias: true
                moving_average_fraction: 0.9 } }
      layer { name: "relu" type: "ReLU" bottom: "bn" top: "bn" }
      layer { name: "conv" type: "Convolution" bottom: "bn" top: "conv"
              convolution_param { num_output: 4 kernel_size: 3 pad: 1
                bias_term: false weight_filler { type: "msra" } } }
      layer { name: "cat" type: "Concat" bottom: "in" bottom: "conv"
              top: "out" }
    }
    layer { name: "data" type: "Data" top: "data" top: "label"
            data_param { batch_size: 16 } }
    layer { name: "stem" type: "Convolution" bottom: "data" top: "stem"
            convolution_param { num_output: 6 kernel_size: 3 pad: 1
              weight_filler { type: "msra" } } }
    layer { name: "block1" type: "Module" bottom: "stem" top: "block1"
            module_param { name: "dense_layer" repeat: 3 } }
    layer { name: "pool" type: "Pooling" bottom: "block1" top: "pool"
            pooling_param { pool: AVE global_pooling: true } }
    layer { name: "fc" type: "InnerProduct" bottom: "pool" top: "fc"
            inner_product_param { num_output: 3
              weight_filler { type: "xavier" } } }
    layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
            top: "loss" }
    layer { name: "accuracy" type: "Accuracy" bottom: "fc" bottom: "label"
            top: "accuracy" }
  }
  type: "Nesterov" momentum: 0.9 weight_decay: 0.0005
  lr_policy: "one_cycle" base_lr: 0.01 max_lr: 0.1 max_epoch: 6
  test_interval_epochs: 1 test_initialization: false
)";

std::vector<std::string> Lines(std::FILE* file) {
  std::rewind(file);
  std::string text;
  for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

double ValueAfter(const std::string& line, const std::string& label) {
  return std::stod(line.substr(line.rfind(label) + label.size()));
}

class TrainSmokeTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, TrainSmokeTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(TrainSmokeTest, LearnsAndReports) {
  const std::string folder = testing::TempDir() + "/smoke";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/solver.prototxt")
      << kSolver << "snapshot_prefix: '" << folder << "/smoke'";
  ASSERT_OK_AND_ASSIGN(const SolverParameter parameter,
                       ReadSolver(folder + "/solver.prototxt"));
  MadeUpOptions data_options;
  data_options.sample_shape = {2, 8, 8};
  data_options.num_train = 200;
  MadeUpBatches data(data_options);
  const Backend backend = GetParam().make_backend(2);
  TrainOptions options;
  options.solver.backend = backend;
  options.solver.batch_sources = &data;
  options.results = std::tmpfile();
  options.moments = std::tmpfile();
  options.metrics = folder + "/metrics.jsonl";
  ASSERT_OK_AND_ASSIGN(const bool is_done, Train(parameter, options));
  EXPECT_TRUE(is_done);

  const std::vector<std::string> lines = Lines(options.results);
  ASSERT_THAT(lines, SizeIs(7));
  for (int epoch = 1; epoch <= 6; ++epoch) {
    EXPECT_THAT(lines[epoch - 1],
                MatchesRegex("Epoch: " + std::to_string(epoch) +
                             "/6 Train Loss: [0-9.]+ Accuracy: [0-9.]+ Time: "
                             "[0-9.]+ \\| Val Loss: [0-9.]+ Accuracy: "
                             "[0-9.]+"));
  }
  EXPECT_THAT(lines[6], MatchesRegex("#Parameter: [0-9]+ Accuracy: [0-9.]+"));
  EXPECT_GT(ValueAfter(lines[6], "Accuracy: "), 0.9);
  EXPECT_LT(ValueAfter(lines[5], "Train Loss: "),
            0.3 * ValueAfter(lines[0], "Train Loss: "));
  EXPECT_THAT(ListSnapshots(folder + "/smoke"), SizeIs(1));
  std::ifstream metrics(options.metrics);
  int records = 0;
  for (std::string line; std::getline(metrics, line);) ++records;
  EXPECT_EQ(records, 12);
  std::fclose(options.results);
  std::fclose(options.moments);
}

}  // namespace
}  // namespace tamp
