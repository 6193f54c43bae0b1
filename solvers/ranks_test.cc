// Two solvers that train one net in lockstep, each with its share of the data,
// as ranks would: on threads of this process.

#include "solvers/ranks.h"

#include <array>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "core/check.h"
#include "core/device/device.h"
#include "core/rank.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "layers/tensor.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "solvers/solver.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/made_up_batches.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

// Where two threads meet, each with its status and a copy of its gradients.
class Meeting {
 public:
  absl::Status Meet(int rank, const absl::Status& own,
                    absl::Span<float> gradients) {
    std::unique_lock<std::mutex> lock(mutex_);
    status_[rank] = own;
    gradients_[rank] = gradients;
    if (++num_here_ == 1) {
      const int64_t round = round_;
      met_.wait(lock, [&] { return round_ != round; });
    } else {
      Combine();
      num_here_ = 0;
      ++round_;
      met_.notify_one();
    }
    return agreed_;
  }

 private:
  void Combine() {
    agreed_ = status_[0].ok() ? status_[1] : status_[0];
    if (!agreed_.ok()) return;
    CHECK_EQ(gradients_[0].size(), gradients_[1].size());
    for (size_t i = 0; i < gradients_[0].size(); ++i) {
      const float mean = (gradients_[0][i] + gradients_[1][i]) / 2;
      gradients_[0][i] = gradients_[1][i] = mean;
    }
  }

  std::mutex mutex_;
  std::condition_variable met_;
  int num_here_ = 0;
  int64_t round_ = 0;
  std::array<absl::Status, 2> status_;
  std::array<absl::Span<float>, 2> gradients_;
  absl::Status agreed_;
};

class OneOfTwo : public Ranks {
 public:
  OneOfTwo(Meeting* meeting, int index, Device* device)
      : meeting_(*meeting), index_(index), device_(device) {}
  Rank rank() const override { return {index_, 2}; }
  absl::Status Agree(const absl::Status& own,
                     absl::Span<float> gradients) override {
    const View view =
        View::Dense(gradients.data(), {static_cast<int64_t>(gradients.size())});
    std::vector<float> on_host = CopyToHost(view, device_);
    const absl::Status agreed =
        meeting_.Meet(index_, own, absl::MakeSpan(on_host));
    if (agreed.ok()) CopyFromHost(on_host, device_, view);
    return agreed;
  }

 private:
  Meeting& meeting_;
  const int index_;
  Device* const device_;
};

// One that speaks to nobody.
class Hermit : public OneRank {
 public:
  explicit Hermit(Rank rank) : rank_(rank) {}
  Rank rank() const override { return rank_; }

 private:
  const Rank rank_;
};

MadeUpOptions ShareOf(Rank rank) {
  MadeUpOptions options;
  options.rank = rank;
  return options;
}

// `middle` are layers from "data" to "middle".
SolverParameter MakeParameter(int batch_size, const std::string& options,
                              const std::string& middle) {
  SolverParameter parameter;
  CHECK(google::protobuf::TextFormat::ParseFromString(
      "base_lr: 0.1 lr_policy: 'fixed' momentum: 0.9 weight_decay: 0.001 "
      "max_iter: 12 " +
          options +
          " net_param { name: 'small' "
          "layer { name: 'data' type: 'Data' top: 'data' top: 'label' "
          "  data_param { batch_size: " +
          std::to_string(batch_size) + " } } " + middle +
          " layer { name: 'fc' type: 'InnerProduct' bottom: 'middle' top: 'fc' "
          "  inner_product_param { num_output: 3 "
          "  weight_filler { type: 'xavier' } } } "
          "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'fc' "
          "  bottom: 'label' top: 'loss' } }",
      &parameter));
  return parameter;
}

constexpr char kHidden[] =
    "layer { name: 'hidden' type: 'InnerProduct' bottom: 'data' top: 'middle' "
    "  inner_product_param { num_output: 7 "
    "  weight_filler { type: 'xavier' } } }";
constexpr char kStatistics[] =
    "layer { name: 'bn' type: 'BatchNorm' bottom: 'data' top: 'middle' "
    "  batch_norm_param { scale_bias: true } }";
constexpr char kDropout[] =
    "layer { name: 'drop' type: 'Dropout' bottom: 'data' top: 'middle' }";

// A solver with what it needs.
struct Training {
  Training(const Backend& backend, const SolverParameter& parameter,
           Ranks* ranks, Rank share)
      : backend(backend), batches(ShareOf(share)) {
    SolverOptions options;
    options.backend = backend;
    options.batch_sources = &batches;
    options.ranks = ranks;
    auto made = Solver::Create(parameter, options);
    CHECK(made.ok()) << made.status();
    solver = *std::move(made);
  }

  std::vector<float> Weights() const {
    std::vector<float> weights;
    for (const Parameter& p : solver->parameters().parameters()) {
      const std::vector<float> of_one =
          CopyToHost(View::Dense(p.data, p.shape), backend.device.get());
      weights.insert(weights.end(), of_one.begin(), of_one.end());
    }
    return weights;
  }

  const Backend backend;
  MadeUpBatches batches;
  std::unique_ptr<Solver> solver;
};

class RanksTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  void MakeTwo(const SolverParameter& parameter) {
    for (int i = 0; i < 2; ++i) {
      trainings_[i] = std::make_unique<Training>(backends_[i], parameter,
                                                 &ranks_[i], ranks_[i].rank());
    }
  }

  static Backend MakeBackend() {
    return GetParam().make_backend(/*num_threads=*/1);
  }
  Training& training(int i) { return *trainings_[i]; }
  Solver& solver(int i) { return *trainings_[i]->solver; }

  // Both take a step, or one does and the other leaves.
  std::array<absl::Status, 2> StepBoth() {
    std::array<absl::Status, 2> status;
    std::thread other([&] { status[1] = solver(1).Step(); });
    status[0] = solver(0).Step();
    other.join();
    return status;
  }
  absl::Status StepWhileTheOtherLeaves(const absl::Status& why) {
    std::thread other([&] { solver(1).Leave(why); });
    const absl::Status status = solver(0).Step();
    other.join();
    return status;
  }

 private:
  const std::array<Backend, 2> backends_ = {MakeBackend(), MakeBackend()};
  Meeting meeting_;
  std::array<OneOfTwo, 2> ranks_ = {
      OneOfTwo(&meeting_, 0, backends_[0].device.get()),
      OneOfTwo(&meeting_, 1, backends_[1].device.get())};
  std::array<std::unique_ptr<Training>, 2> trainings_;
};
INSTANTIATE_TEST_SUITE_P(Devices, RanksTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

// 12 iterations of 10 samples out of 50: they pass the ends of epochs.
TEST_P(RanksTest, TwoAreOneWithTheirBatchesTogether) {
  MakeTwo(MakeParameter(5, "", kHidden));
  Training alone(MakeBackend(), MakeParameter(10, "", kHidden), nullptr,
                 Rank());
  Training in_turn(MakeBackend(), MakeParameter(5, "iter_size: 2", kHidden),
                   nullptr, Rank());
  EXPECT_EQ(solver(1).plan().clock().samples_per_iteration(), 10);
  const std::vector<float> start = alone.Weights();
  while (!alone.solver->is_done()) {
    for (const absl::Status& status : StepBoth()) ASSERT_OK(status);
    ASSERT_OK(alone.solver->Step());
    ASSERT_OK(in_turn.solver->Step());
    ASSERT_EQ(training(0).Weights(), training(1).Weights());
  }
  EXPECT_GT(RelativeError(alone.Weights(), start), 0.1);
  EXPECT_LT(RelativeError(training(0).Weights(), alone.Weights()), 1e-5);
  EXPECT_LT(RelativeError(training(0).Weights(), in_turn.Weights()), 1e-5);
}

// In the second batch of iteration 1, whose samples are 20 to 39: of them, rank
// 1 takes those of odd positions.
TEST_P(RanksTest, AnErrorOfOneIsAnErrorOfBoth) {
  for (const bool is_broken : {true, false}) {
    MakeTwo(MakeParameter(5, "iter_size: 2", kStatistics));
    for (const absl::Status& status : StepBoth()) ASSERT_OK(status);
    MadeUpSource& source = training(1).batches.source(TRAIN);
    if (is_broken) {
      source.BreakAt(33, absl::DataLossError("a.jpg: cut short"));
    } else {
      source.PoisonAt(33);
    }
    std::array<std::string, 2> before;
    for (int i = 0; i < 2; ++i) {
      before[i] = solver(i).Capture().value().SerializeAsString();
    }
    const std::array<absl::Status, 2> status = StepBoth();
    EXPECT_EQ(status[0], status[1]);
    EXPECT_THAT(
        status[0],
        StatusIs(is_broken ? StatusCode::kDataLoss : StatusCode::kAborted,
                 HasSubstr(is_broken ? "a.jpg: cut short"
                                     : "iteration 1: the loss is")));
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ(solver(i).iteration(), 1);
      EXPECT_TRUE(solver(i).Capture().value().SerializeAsString() == before[i])
          << i;
    }
    // All know: nobody waits for the other.
    solver(0).Leave(status[0]);
    solver(1).Leave(status[1]);
  }
}

// Eight losses as heavy as a float can say: no scale makes their gradients
// finite, and both find that out in the same step.
TEST_P(RanksTest, TheLossScaleOfAllIsTheSame) {
  std::string middle = kHidden;
  for (int i = 0; i < 8; ++i) {
    middle += "layer { name: 'heavy" + std::to_string(i) +
              "' type: 'SoftmaxWithLoss' bottom: 'middle' bottom: 'label' "
              "  loss_weight: 3e38 }";
  }
  SolverParameter parameter = MakeParameter(5, "", middle);
  parameter.set_max_iter(20);
  parameter.mutable_net_param()->set_compute(NetParameter::FP16);
  MakeTwo(parameter);
  for (double scale = 65536; scale > 1; scale /= 2) {
    EXPECT_EQ(solver(0).loss_scale(), scale);
    EXPECT_EQ(solver(1).loss_scale(), scale);
    for (const absl::Status& status : StepBoth()) ASSERT_OK(status);
  }
  const std::vector<float> weights = training(0).Weights();
  for (const absl::Status& status : StepBoth()) {
    EXPECT_THAT(status, StatusIs(StatusCode::kAborted,
                                 HasSubstr("gradients are not finite")));
  }
  EXPECT_EQ(training(0).Weights(), weights);
  // Both know: nobody waits for the other.
  solver(0).Leave(absl::AbortedError("ends"));
  solver(1).Leave(absl::AbortedError("ends"));
}

TEST_P(RanksTest, WhoLeavesTellsTheOther) {
  MakeTwo(MakeParameter(5, "", kStatistics));
  for (const absl::Status& status : StepBoth()) ASSERT_OK(status);
  const std::string before = solver(0).Capture().value().SerializeAsString();
  const absl::Status stopped = absl::CancelledError("stopped");
  EXPECT_EQ(StepWhileTheOtherLeaves(stopped), stopped);
  EXPECT_EQ(solver(0).iteration(), 1);
  EXPECT_EQ(solver(1).iteration(), 1);
  EXPECT_TRUE(solver(0).Capture().value().SerializeAsString() == before);
}

// Where all have done all steps, nobody waits to hear it.
TEST_P(RanksTest, NobodyLeavesWhatIsDone) {
  MakeTwo(MakeParameter(5, "", kHidden));
  while (!solver(0).is_done()) {
    for (const absl::Status& status : StepBoth()) ASSERT_OK(status);
  }
  const std::vector<float> weights = training(0).Weights();
  solver(0).Leave(absl::CancelledError("stopped"));
  EXPECT_EQ(training(0).Weights(), weights);
}

// On the same samples: rank 0 draws what a rank that is alone draws.
TEST_P(RanksTest, EachDrawsMasksOfItsOwn) {
  const SolverParameter parameter = MakeParameter(5, "", kDropout);
  std::vector<std::vector<float>> weights;
  for (const Rank rank : {Rank{0, 1}, Rank{0, 2}, Rank{1, 2}}) {
    Hermit hermit(rank);
    Training training(MakeBackend(), parameter, &hermit, Rank());
    ASSERT_OK(training.solver->Step());
    weights.push_back(training.Weights());
  }
  EXPECT_EQ(weights[1], weights[0]);
  EXPECT_NE(weights[2], weights[0]);
}

}  // namespace
}  // namespace tamp
