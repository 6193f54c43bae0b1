#include "solvers/solver.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "core/check.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "layers/tensor.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "solvers/backend_cpu.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/devices/breaking_device.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::Pair;
using testing::StartsWith;

std::string NetText(int batch_size) {
  return "name: 'small' "
         "layer { name: 'data' type: 'Data' top: 'data' top: 'label' "
         "  data_param { batch_size: " +
         std::to_string(batch_size) +
         " } } "
         "layer { name: 'hidden' type: 'InnerProduct' bottom: 'data' "
         "  top: 'hidden' inner_product_param { num_output: 8 "
         "  weight_filler { type: 'xavier' } } } "
         "layer { name: 'relu' type: 'ReLU' bottom: 'hidden' top: 'hidden' } "
         "layer { name: 'fc' type: 'InnerProduct' bottom: 'hidden' top: 'fc' "
         "  inner_product_param { num_output: 3 "
         "  weight_filler { type: 'xavier' } } } "
         "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'fc' "
         "  bottom: 'label' top: 'loss' } "
         "layer { name: 'accuracy' type: 'Accuracy' bottom: 'fc' "
         "  bottom: 'label' top: 'accuracy' } ";
}

SolverParameter ParseSolver(const std::string& text, int batch_size = 10) {
  SolverParameter parameter;
  CHECK(google::protobuf::TextFormat::ParseFromString(
      "net_param { " + NetText(batch_size) + " } " + text, &parameter));
  return parameter;
}

constexpr char kRecipe[] =
    "base_lr: 0.1 lr_policy: 'fixed' momentum: 0.9 weight_decay: 0.001 ";

class SolverTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  absl::StatusOr<std::unique_ptr<Solver>> Make(const SolverParameter& p) {
    SolverOptions options;
    options.backend = backend_;
    options.batch_sources = &batches_;
    return Solver::Create(p, options);
  }

  std::vector<float> Weights(Solver* solver) const {
    std::vector<float> weights;
    for (const Parameter& p : solver->parameters().parameters()) {
      const std::vector<float> more =
          CopyToHost(View::Dense(p.data, p.shape), backend_.device.get());
      weights.insert(weights.end(), more.begin(), more.end());
    }
    return weights;
  }

  static void Run(Solver* solver) {
    while (!solver->is_done()) ASSERT_OK(solver->Step());
  }

  const Backend backend_ = GetParam().make_backend(2);
  MadeUpBatches batches_;
};
INSTANTIATE_TEST_SUITE_P(Devices, SolverTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(SolverTest, LossFalls) {
  ASSERT_OK_AND_ASSIGN(
      const auto solver,
      Make(ParseSolver(std::string(kRecipe) + "max_epoch: 8")));
  ASSERT_OK(solver->Step());
  const double first = *solver->last_step().loss;
  Run(solver.get());
  EXPECT_EQ(solver->iteration(), 40);
  EXPECT_LT(solver->last_step().loss, 0.3 * first);
  EXPECT_GT(solver->last_step().accuracy, 0.8);
}

// Each iteration takes the next samples, and every one of them once.
TEST_P(SolverTest, DrawsSamplesInOrder) {
  ASSERT_OK_AND_ASSIGN(
      const auto solver,
      Make(ParseSolver(std::string(kRecipe) + "max_iter: 4 iter_size: 3", 7)));
  EXPECT_EQ(solver->plan().clock().samples_per_iteration(), 21);
  batches_.source(TRAIN).ForgetVisits();
  Run(solver.get());
  EXPECT_EQ(batches_.source(TRAIN).visits().size(), 84);
  EXPECT_THAT(batches_.source(TRAIN).visits(),
              testing::Each(Pair(testing::_, 1)));
  EXPECT_EQ(batches_.source(TRAIN).position(), 84);
}

// The samples that were on the device before their step are those that it would
// have drawn: over batches that a ring cuts, several batches a step, tests in
// between and going on from a snapshot.
TEST_P(SolverTest, WhatIsStagedChangesNothing) {
  for (const int64_t ring : {0, 40, 7}) {
    for (const int iter_size : {1, 2}) {
      std::vector<std::string> states;
      for (const bool peeks : {false, true}) {
        MadeUpOptions data;
        data.ring = ring;
        data.peeks = peeks;
        MadeUpBatches batches(data);
        SolverOptions options;
        options.backend = backend_;
        options.batch_sources = &batches;
        const SolverParameter parameter = ParseSolver(
            std::string(kRecipe) + "max_iter: 8 test_interval: 1 iter_size: " +
            std::to_string(iter_size));
        ASSERT_OK_AND_ASSIGN(const auto solver,
                             Solver::Create(parameter, options));
        Evaluation::Watcher watcher;
        for (int i = 0; i < 5; ++i) {
          ASSERT_OK(solver->Step());
          if (i % 2 == 0) continue;
          ASSERT_OK(solver->evaluations()[0]->Run(nullptr, &watcher));
        }
        const SnapshotParameter snapshot = solver->Capture().value();
        Run(solver.get());
        ASSERT_OK(solver->Restore(snapshot));
        Run(solver.get());
        states.push_back(solver->Capture().value().SerializeAsString());
        const bool stages = backend_.device->staging() != nullptr;
        EXPECT_EQ(batches.source(TRAIN).num_peeks(),
                  peeks && stages ? 11 * iter_size : 0);
        EXPECT_EQ(batches.source(TEST).num_peeks(), 0);
      }
      EXPECT_TRUE(states[0] == states[1])
          << "ring " << ring << ", iter_size " << iter_size;
    }
  }
}

// Without batch norm, two batches of 5 are one of 10, for every kind of update;
// the limit of their gradients' sum is twice that of the mean.
TEST_P(SolverTest, IterSizeIsALargerBatch) {
  const std::pair<const char*, double> cases[] = {
      {"", -1},
      {"type: 'Nesterov'", -1},
      {"", 0.5},
      {"regularization_type: 'L1'", 0.5},
      {"type: 'Nesterov' regularization_type: 'L1'", -1}};
  for (const auto& [options, clip] : cases) {
    const std::string text = std::string(kRecipe) + "max_iter: 12 " + options;
    const auto clipped = [&](double limit) {
      return text + " clip_gradients: " + std::to_string(limit);
    };
    ASSERT_OK_AND_ASSIGN(const auto whole,
                         Make(ParseSolver(clipped(clip), 10)));
    Run(whole.get());
    ASSERT_OK_AND_ASSIGN(
        const auto halves,
        Make(ParseSolver(clipped(2 * clip) + " iter_size: 2", 5)));
    Run(halves.get());
    EXPECT_LT(RelativeError(Weights(halves.get()), Weights(whole.get())), 1e-5)
        << options;
    EXPECT_NEAR(*halves->last_step().loss, *whole->last_step().loss, 1e-5);
    EXPECT_NEAR(*halves->last_step().accuracy, *whole->last_step().accuracy,
                1e-6);
  }
}

// The 2 batches of 5 have 4 and 3 labels that count.
TEST_P(SolverTest, MeansOfAStepCarryTheirCounts) {
  const std::string text = std::string(kRecipe) + "max_iter: 1 ";
  std::vector<LossAndAccuracy> steps;
  for (const int iter_size : {1, 2}) {
    SolverParameter parameter = ParseSolver(
        text + "iter_size: " + std::to_string(iter_size), 10 / iter_size);
    NetParameter* const net = parameter.mutable_net_param();
    net->mutable_layer(4)->mutable_loss_param()->set_ignore_label(2);
    net->mutable_layer(5)->mutable_accuracy_param()->set_ignore_label(2);
    ASSERT_OK_AND_ASSIGN(const auto solver, Make(parameter));
    ASSERT_OK(solver->Step());
    steps.push_back(solver->last_step());
    EXPECT_EQ(solver->last_means()[0].count, 7);
    EXPECT_EQ(solver->last_means()[1].count, 7);
  }
  EXPECT_NEAR(*steps[1].loss, *steps[0].loss, 1e-6);
  EXPECT_NEAR(*steps[1].accuracy, *steps[0].accuracy, 1e-6);
}

TEST_P(SolverTest, EvaluationSeesEachSampleOnce) {
  for (const int batch_size : {1, 5, 10, 23, 64}) {
    ASSERT_OK_AND_ASSIGN(
        const auto solver,
        Make(ParseSolver(std::string(kRecipe) + "max_iter: 1 test_interval: 1",
                         batch_size)));
    batches_.source(TEST).ForgetVisits();
    Evaluation::Watcher watcher;
    ASSERT_EQ(solver->evaluations().size(), 1);
    ASSERT_OK_AND_ASSIGN(const TestResult result,
                         solver->evaluations()[0]->Run(nullptr, &watcher));
    const LossAndAccuracy& mean = result.mean;
    EXPECT_EQ(batches_.source(TEST).visits().size(), 23);
    EXPECT_THAT(batches_.source(TEST).visits(),
                testing::Each(Pair(testing::Lt(23), 1)));
    // The same result for any batch size.
    static const LossAndAccuracy kFirst = mean;
    EXPECT_NEAR(*mean.loss, *kFirst.loss, 1e-6) << batch_size;
    EXPECT_NEAR(*mean.accuracy, *kFirst.accuracy, 1e-6) << batch_size;
  }
}

// 23 samples in batches of 11 leave one, which has no statistics of its own.
TEST_P(SolverTest, SaysWhichBatchOfATestIsTooSmall) {
  SolverParameter parameter =
      ParseSolver(std::string(kRecipe) + "max_iter: 1 test_interval: 1", 11);
  LayerParameter* relu = parameter.mutable_net_param()->mutable_layer(2);
  ASSERT_EQ(relu->name(), "relu");
  relu->set_type("BatchNorm");
  relu->mutable_batch_norm_param()->set_use_global_stats(false);
  EXPECT_THAT(
      Make(parameter),
      StatusIs(StatusCode::kInvalidArgument,
               testing::EndsWith("or use_global_stats: true (in the batch of 1 "
                                 "that batches of 11 leave of 23 samples to "
                                 "test on)")));
  relu->mutable_batch_norm_param()->clear_use_global_stats();
  EXPECT_OK(Make(parameter));
}

// What happens between steps does not change them.
TEST_P(SolverTest, TestsDoNotDisturbTraining) {
  const SolverParameter parameter =
      ParseSolver(std::string(kRecipe) + "max_iter: 6 test_interval: 1", 9);
  ASSERT_OK_AND_ASSIGN(const auto quiet, Make(parameter));
  Run(quiet.get());
  ASSERT_OK_AND_ASSIGN(const auto tested, Make(parameter));
  Evaluation::Watcher watcher;
  while (!tested->is_done()) {
    ASSERT_OK(tested->evaluations()[0]->Run(nullptr, &watcher));
    ASSERT_OK(tested->Step());
  }
  EXPECT_EQ(Weights(tested.get()), Weights(quiet.get()));
}

TEST_P(SolverTest, ALossThatIsNotFiniteNamesThePlace) {
  ASSERT_OK_AND_ASSIGN(
      const auto solver,
      Make(ParseSolver("base_lr: 1e30 lr_policy: 'fixed' max_iter: 50")));
  absl::Status status;
  while (status.ok() && !solver->is_done()) status = solver->Step();
  // Forward once more, of the samples of the step that failed.
  EXPECT_EQ(batches_.source(TRAIN).position(), 10 * (solver->iteration() + 1));
  EXPECT_THAT(status, StatusIs(StatusCode::kAborted,
                               testing::ContainsRegex(
                                   "iteration [0-9]+: the loss is .*nan.*; the "
                                   "first number that is not finite is in the "
                                   "(output|parameter) \".*\" of layer "
                                   "\"(hidden|fc)\"; a lower base_lr")));
}

TEST_P(SolverTest, ErrorsOfTheDataEndTheTraining) {
  ASSERT_OK_AND_ASSIGN(
      const auto solver,
      Make(ParseSolver(std::string(kRecipe) + "max_iter: 9 test_interval: 1")));
  ASSERT_OK(solver->Step());
  const absl::Status broken = absl::DataLossError("a.jpg: cut short");
  batches_.source(TRAIN).Break(broken);
  EXPECT_EQ(solver->Step(), broken);
  batches_.source(TEST).Break(broken);
  Evaluation::Watcher watcher;
  EXPECT_EQ(solver->evaluations()[0]->Run(nullptr, &watcher).status(), broken);
}

// With statistics, which forward writes, and several batches, of which the last
// one fails: iteration 2 draws the samples 20 to 29.
TEST_P(SolverTest, AFailedStepChangesNothing) {
  SolverParameter parameter =
      ParseSolver(std::string(kRecipe) + "max_iter: 4 iter_size: 2", 5);
  LayerParameter* const bn = parameter.mutable_net_param()->add_layer();
  CHECK(google::protobuf::TextFormat::ParseFromString(
      "name: 'bn' type: 'BatchNorm' bottom: 'data' top: 'bn' "
      "batch_norm_param { scale_bias: true }",
      bn));
  auto* const layers = parameter.mutable_net_param()->mutable_layer();
  for (int i = layers->size() - 1; i > 1; --i) layers->SwapElements(i, i - 1);
  layers->Mutable(2)->set_bottom(0, "bn");
  ASSERT_OK_AND_ASSIGN(const auto whole, Make(parameter));
  Run(whole.get());

  MadeUpSource& source = batches_.source(TRAIN);
  for (const bool is_broken : {true, false}) {
    ASSERT_OK_AND_ASSIGN(const auto solver, Make(parameter));
    if (is_broken) {
      source.BreakAt(27, absl::DataLossError("a.jpg: cut short"));
    } else {
      source.PoisonAt(27);
    }
    ASSERT_OK(solver->Step());
    ASSERT_OK(solver->Step());
    const SnapshotParameter before = solver->Capture().value();
    EXPECT_FALSE(solver->Step().ok());
    EXPECT_EQ(solver->iteration(), 2);
    const SnapshotParameter after = solver->Capture().value();
    EXPECT_TRUE(after.SerializeAsString() == before.SerializeAsString());
    EXPECT_EQ(after.data_position(), 20);

    // What is mended goes on as if nothing had been.
    source.BreakAt(-1, absl::OkStatus());
    source.Break(absl::OkStatus());
    source.PoisonAt(-1);
    ASSERT_OK_AND_ASSIGN(const auto second, Make(parameter));
    ASSERT_OK(second->Restore(after));
    Run(second.get());
    EXPECT_TRUE(second->Capture().value().SerializeAsString() ==
                whole->Capture().value().SerializeAsString());
  }
}

// Some labels mean none: all who use them must know.
TEST_P(SolverTest, TrainsOnWhatIsLabeled) {
  MadeUpOptions data;
  data.unlabeled_every = 4;
  MadeUpBatches batches(data);
  SolverOptions options;
  options.backend = backend_;
  options.batch_sources = &batches;
  SolverParameter parameter =
      ParseSolver(std::string(kRecipe) + "max_epoch: 8 test_interval: 1");
  LayerParameter* const loss = parameter.mutable_net_param()->mutable_layer(4);
  loss->mutable_loss_param()->set_ignore_label(255);
  EXPECT_THAT(Solver::Create(parameter, options),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("layer \"accuracy\": made-up data: sample 0 "
                                 "has label 255, labels are 0 to 2")));
  parameter.mutable_net_param()
      ->mutable_layer(5)
      ->mutable_accuracy_param()
      ->set_ignore_label(255);
  ASSERT_OK_AND_ASSIGN(const auto solver, Solver::Create(parameter, options));
  Run(solver.get());
  EXPECT_GT(solver->last_step().accuracy, 0.8);
}

TEST_P(SolverTest, RestoreRefusesAnotherTraining) {
  ASSERT_OK_AND_ASSIGN(const auto solver,
                       Make(ParseSolver(std::string(kRecipe) + "max_iter: 9")));
  ASSERT_OK(solver->Step());
  ASSERT_OK(solver->Step());
  const SnapshotParameter snapshot = solver->Capture().value();
  ASSERT_OK_AND_ASSIGN(
      const auto other_batch,
      Make(ParseSolver(std::string(kRecipe) + "max_iter: 9", 5)));
  EXPECT_THAT(other_batch->Restore(snapshot),
              StatusIs(StatusCode::kFailedPrecondition,
                       HasSubstr("have changed since the snapshot")));
  ASSERT_OK_AND_ASSIGN(const auto shorter,
                       Make(ParseSolver(std::string(kRecipe) + "max_iter: 1")));
  EXPECT_THAT(shorter->Restore(snapshot),
              StatusIs(StatusCode::kFailedPrecondition,
                       HasSubstr("is at iteration 2, but the training ends")));
}

TEST_P(SolverTest, ErrorsNameTheField) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "max_iter or max_epoch is missing"},
      {"max_iter: 1 momentum: 2", "momentum is 2, "},
      {"max_iter: 1 train_net_param {}", "net and train_net are both given"},
      {"max_iter: 1 test_interval: 1 test_state {} test_state {}",
       "test_state is given 2 times"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(
        Make(ParseSolver("base_lr: 1 lr_policy: 'fixed' " + std::string(text))),
        StatusIs(StatusCode::kInvalidArgument, StartsWith(message)));
  }
  SolverParameter no_net = ParseSolver(std::string(kRecipe) + "max_iter: 1");
  no_net.clear_net_param();
  EXPECT_THAT(Make(no_net),
              StatusIs(StatusCode::kInvalidArgument,
                       StartsWith("net or train_net is missing")));
  SolverParameter no_test =
      ParseSolver(std::string(kRecipe) + "max_iter: 1 test_interval: 1");
  no_test.mutable_train_net_param()->Swap(no_test.mutable_net_param());
  no_test.clear_net_param();
  EXPECT_THAT(Make(no_test), StatusIs(StatusCode::kInvalidArgument,
                                      HasSubstr("test_net is missing")));
}

// What only the test net has, nobody would train.
TEST_P(SolverTest, TestNetsHaveNoParametersOfTheirOwn) {
  SolverParameter solver =
      ParseSolver(std::string(kRecipe) + "max_iter: 1 test_interval: 1");
  LayerParameter* fc = solver.mutable_net_param()->mutable_layer(3);
  LayerParameter* test_fc = solver.mutable_net_param()->add_layer();
  *test_fc = *fc;
  test_fc->set_name("fc_test");
  test_fc->set_top(0, "fc_test");
  test_fc->add_include()->set_phase(TEST);
  EXPECT_THAT(
      Make(solver),
      StatusIs(StatusCode::kInvalidArgument,
               HasSubstr("layer \"fc_test\": parameter \"fc_test/weight\" is "
                         "in no layer of the net that is trained")));
}

// Before anything is said about samples.
TEST_P(SolverTest, TypesThatCaffeAloneHasAreNamed) {
  SolverParameter solver = ParseSolver(std::string(kRecipe) + "max_iter: 1");
  LayerParameter* data = solver.mutable_net_param()->mutable_layer(0);
  data->set_type("ImageData");
  data->set_location("net.prototxt:2:1");
  EXPECT_THAT(
      Make(solver),
      StatusIs(StatusCode::kInvalidArgument,
               StartsWith("net.prototxt:2:1: layer \"data\": Caffe's type "
                          "\"ImageData\" is not supported; use type "
                          "\"Data\"")));
}

TEST_P(SolverTest, NetsNeedOneDataLayer) {
  SolverParameter none = ParseSolver(std::string(kRecipe) + "max_iter: 1");
  none.mutable_net_param()->mutable_layer(0)->set_type("Input");
  EXPECT_THAT(Make(none),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("layer \"data\": type \"Input\" has no "
                                 "samples: in phase TRAIN a Data layer must "
                                 "take its place")));
  none.mutable_net_param()->mutable_layer()->DeleteSubrange(0, 1);
  EXPECT_THAT(Make(none),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("has no Data layer in phase TRAIN")));
  for (LayerParameter& layer : *none.mutable_net_param()->mutable_layer()) {
    layer.add_include()->set_phase(TEST);
    layer.set_location("net.prototxt:2:1");
  }
  EXPECT_THAT(
      Make(none),
      StatusIs(StatusCode::kInvalidArgument,
               testing::AllOf(StartsWith("net.prototxt: "),
                              HasSubstr("has no layers in this phase"))));
  SolverParameter two = ParseSolver(std::string(kRecipe) + "max_iter: 1");
  *two.mutable_net_param()->add_layer() = two.net_param().layer(0);
  two.mutable_net_param()->mutable_layer(6)->set_name("more");
  EXPECT_THAT(Make(two),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("layer \"more\": a net trains from one")));
  EXPECT_THAT(
      Make(ParseSolver(std::string(kRecipe) + "max_iter: 1", 0)),
      StatusIs(StatusCode::kInvalidArgument,
               HasSubstr("layer \"data\": data_param.batch_size is missing")));
}

// Its memory may hold anything: nobody must go on from it.
TEST(SolverDeviceTest, NothingIsCapturedOfABrokenDevice) {
  const auto device = std::make_shared<BreakingDevice>(1);
  MadeUpBatches batches;
  SolverOptions options;
  options.backend = MakeCpuBackend(1);
  options.backend.device = device;
  options.batch_sources = &batches;
  ASSERT_OK_AND_ASSIGN(
      const auto solver,
      Solver::Create(ParseSolver(std::string(kRecipe) + "max_iter: 4"),
                     options));
  ASSERT_OK(solver->Step());
  EXPECT_OK(solver->Capture());
  device->Break();
  const auto is_gone = StatusIs(StatusCode::kInternal, "the device is gone");
  EXPECT_THAT(solver->Step(), is_gone);
  EXPECT_THAT(solver->Capture(), is_gone);
  EXPECT_EQ(solver->iteration(), 1);
}

}  // namespace
}  // namespace tamp
