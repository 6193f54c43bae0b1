#include "solvers/sgd/sgd.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/check.h"
#include "core/device/device.h"
#include "core/rng.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "layers/tensor.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"
#include "tests/util/tensor_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::FloatEq;
using testing::StartsWith;

SolverParameter Parse(const std::string& text) {
  SolverParameter parameter;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &parameter));
  return parameter;
}

// Two parameters that learn, one that is frozen, and a statistic.
class TestStore {
 public:
  explicit TestStore(const AvailableDevice& device)
      : backend_(device.make_backend(2)) {
    Add("a/weight", {3, 5}, ParameterPlan::Kind::kLearned, 1, 1);
    Add("b/frozen", {4}, ParameterPlan::Kind::kLearned, 0, 1);
    Add("b/bias", {7}, ParameterPlan::Kind::kLearned, 2, 0.5);
    Add("b/running_mean", {2}, ParameterPlan::Kind::kStatistic, 1, 1);
    CHECK_OK(store_.Allocate(backend_.device.get(), 1, true));
    RandomStream random(5);
    for (const Parameter& parameter : store_.parameters()) {
      Fill(View::Dense(parameter.data, parameter.shape), &random);
      if (parameter.gradient == nullptr) continue;
      Fill(View::Dense(parameter.gradient, parameter.shape), &random);
    }
  }

  const Backend& backend() const { return backend_; }
  const ParameterStore& store() const { return store_; }

  std::vector<float> ToHost(const ConstView& view) const {
    return CopyToHost(view, backend_.device.get());
  }
  void MultiplyGradients(float factor) {
    for (const Parameter& parameter : store_.parameters()) {
      if (parameter.gradient == nullptr) continue;
      const View view = View::Dense(parameter.gradient, parameter.shape);
      std::vector<float> values = ToHost(view);
      for (float& value : values) value *= factor;
      CopyFromHost(values, backend_.device.get(), view);
    }
  }

  std::vector<float> Values(const std::string& name) {
    const Parameter* parameter = store_.Find(name);
    return ToHost(View::Dense(parameter->data, parameter->shape));
  }

 private:
  void Fill(const View& view, RandomStream* random) {
    std::vector<float> values(view.shape.num_elements());
    for (float& value : values) {
      value = static_cast<float>(random->Uniform(-1, 1));
    }
    CopyFromHost(values, backend_.device.get(), view);
  }

  void Add(const char* name, const Shape& shape, ParameterPlan::Kind kind,
           float lr_mult, float decay_mult) {
    Parameter parameter;
    parameter.name = name;
    parameter.shape = shape;
    parameter.kind = kind;
    parameter.lr_mult = lr_mult;
    parameter.decay_mult = decay_mult;
    store_.Add(parameter);
  }

  const Backend backend_;
  ParameterStore store_;
};

class SgdTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  TestStore parameters_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Devices, SgdTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

// The textbook, in double, from the options as a user writes them.
class Textbook {
 public:
  // The store must outlive it.
  Textbook(const SolverParameter& solver, const TestStore* store)
      : solver_(solver), store_(store) {
    for (const Parameter& p : store->store().parameters()) {
      if (!p.is_learned() || p.lr_mult == 0) continue;
      parameters_.push_back(&p);
      weights_.push_back(ToHost(p.data, p.shape));
      gradients_.push_back(ToHost(p.gradient, p.shape));
      history_.emplace_back(p.shape.num_elements(), 0.0);
    }
  }

  void Update(double lr, int iter_size) {
    double squares = 0;
    for (const auto& gradient : gradients_) {
      for (const double g : gradient) squares += g * g;
    }
    const double norm = std::sqrt(squares), clip = solver_.clip_gradients();
    const double scale = clip > 0 && norm > clip ? clip / norm : 1;
    for (size_t p = 0; p < gradients_.size(); ++p) {
      for (size_t i = 0; i < gradients_[p].size(); ++i) {
        Element(lr * parameters_[p]->lr_mult,
                solver_.weight_decay() * parameters_[p]->decay_mult,
                scale * gradients_[p][i] / iter_size, &weights_[p][i],
                &history_[p][i]);
      }
    }
  }

  void ExpectEqual() {
    for (size_t p = 0; p < parameters_.size(); ++p) {
      const Parameter& parameter = *parameters_[p];
      EXPECT_LT(
          RelativeError(ToHost(parameter.data, parameter.shape), weights_[p]),
          1e-6)
          << parameter.name << " with " << solver_.ShortDebugString();
    }
  }

 private:
  std::vector<double> ToHost(const float* data, const Shape& shape) const {
    const std::vector<float> values =
        store_->ToHost(ConstView::Dense(data, shape));
    return {values.begin(), values.end()};
  }

  void Element(double lr, double decay, double g, double* w, double* v) {
    const double m = solver_.momentum();
    const bool l1 = solver_.regularization_type() == "L1";
    g += decay * (l1 ? (*w > 0 ? 1 : -1) : *w);
    *v = m * *v + g;
    *w -= lr * (solver_.type() == "Nesterov" ? g + m * *v : *v);
  }

  const SolverParameter solver_;
  const TestStore* const store_;
  std::vector<const Parameter*> parameters_;
  std::vector<std::vector<double>> weights_, gradients_, history_;
};

// type, momentum, weight_decay, regularization_type, clip_gradients, iter_size
using Options = std::tuple<const char*, float, float, const char*, float, int>;

class SgdProductTest : public testing::TestWithParam<Options> {};

void CompareWithTextbook(const SolverParameter& solver, int iter_size,
                         const AvailableDevice& device) {
  TestStore parameters(device);
  const std::vector<float> frozen = parameters.Values("b/frozen");
  const std::vector<float> statistic = parameters.Values("b/running_mean");
  Textbook textbook(solver, &parameters);
  ASSERT_OK_AND_ASSIGN(const SgdOptions options, SgdOptionsOf(solver));
  ASSERT_OK_AND_ASSIGN(const auto sgd, Sgd::Create(options, parameters.store(),
                                                   parameters.backend()));
  for (const double lr : {0.1, 0.1, 0.01, 0.5}) {
    sgd->Update(lr, iter_size);
    textbook.Update(lr, iter_size);
  }
  textbook.ExpectEqual();
  EXPECT_EQ(parameters.Values("b/frozen"), frozen);
  EXPECT_EQ(parameters.Values("b/running_mean"), statistic);
}

TEST_P(SgdProductTest, EqualsTextbook) {
  SolverParameter solver;
  solver.set_type(std::get<0>(GetParam()));
  solver.set_momentum(std::get<1>(GetParam()));
  solver.set_weight_decay(std::get<2>(GetParam()));
  solver.set_regularization_type(std::get<3>(GetParam()));
  const float clip = std::get<4>(GetParam());
  if (clip != 0) solver.set_clip_gradients(clip);
  const int iter_size = std::get<5>(GetParam());
  for (const AvailableDevice& device : AvailableDevices()) {
    SCOPED_TRACE(device.name);
    CompareWithTextbook(solver, iter_size, device);
  }
}

// The gradient's norm is about 2.7: limits of 0.5 and 2 clip it, also where it
// is the sum of 3 batches, whose mean 2 would not clip; one of 100 does not.
INSTANTIATE_TEST_SUITE_P(
    Options, SgdProductTest,
    testing::Combine(testing::Values("SGD", "Nesterov"),
                     testing::Values(0.f, 0.9f), testing::Values(0.f, 0.1f),
                     testing::Values("L2", "L1"),
                     testing::Values(0.f, -1.f, 0.5f, 2.f, 100.f),
                     testing::Values(1, 3)));

// By hand, in Caffe's order (SGDSolver::ApplyUpdate: ClipGradients, then
// Normalize): the sum (3, 4) of two batches has norm 5; a limit of 2.5 halves
// it, then it is divided by 2.
TEST_P(SgdTest, ClipsTheSumOfTheBatches) {
  const Backend backend = GetParam().make_backend(1);
  Device* const device = backend.device.get();
  ParameterStore store;
  Parameter parameter;
  parameter.name = "w";
  parameter.shape = {2};
  store.Add(parameter);
  CHECK_OK(store.Allocate(device, 1, true));
  const Parameter& w = store.parameters().front();
  CopyFromHost({0, 0}, device, View::Dense(w.data, w.shape));
  CopyFromHost({3, 4}, device, View::Dense(w.gradient, w.shape));
  SgdOptions options;
  options.clip_gradients = 2.5;
  ASSERT_OK_AND_ASSIGN(const auto sgd, Sgd::Create(options, store, backend));
  sgd->Update(1, 2);
  EXPECT_THAT(CopyToHost(View::Dense(w.data, w.shape), device),
              ElementsAre(FloatEq(-0.75f), FloatEq(-1)));
}

// The same bits as without, clipped or not: only the gradients are larger.
TEST_P(SgdTest, AScaleOfTheLossIsDividedOut) {
  for (const char* clip : {"", "clip_gradients: 2"}) {
    const SolverParameter solver =
        Parse(std::string("momentum: 0.9 weight_decay: 0.1 type: 'Nesterov' ") +
              clip);
    ASSERT_OK_AND_ASSIGN(const SgdOptions options, SgdOptionsOf(solver));
    TestStore plain(GetParam()), scaled(GetParam());
    scaled.MultiplyGradients(65536);
    ASSERT_OK_AND_ASSIGN(const auto plain_sgd,
                         Sgd::Create(options, plain.store(), plain.backend()));
    ASSERT_OK_AND_ASSIGN(
        const auto scaled_sgd,
        Sgd::Create(options, scaled.store(), scaled.backend()));
    for (int step = 0; step < 3; ++step) {
      plain_sgd->Update(0.1, 3);
      EXPECT_TRUE(scaled_sgd->UpdateScaled(0.1, 3, 65536));
    }
    for (const char* name : {"a/weight", "b/bias"}) {
      EXPECT_EQ(scaled.Values(name), plain.Values(name)) << name << clip;
    }
  }
}

TEST_P(SgdTest, GradientsThatAreNotFiniteChangeNothing) {
  for (const float bad : {INFINITY, -INFINITY, NAN}) {
    TestStore parameters(GetParam());
    ASSERT_OK_AND_ASSIGN(
        const SgdOptions options,
        SgdOptionsOf(Parse("momentum: 0.9 weight_decay: 0.1")));
    ASSERT_OK_AND_ASSIGN(
        const auto sgd,
        Sgd::Create(options, parameters.store(), parameters.backend()));
    EXPECT_TRUE(sgd->UpdateScaled(0.1, 1, 8));
    const std::vector<float> weights = parameters.Values("a/weight");
    const Sgd::Slot& slot = sgd->slots()[0];
    const View history = View::Dense(slot.momentum, slot.parameter->shape);
    const std::vector<float> before = parameters.ToHost(history);
    const Parameter* const bias = parameters.store().Find("b/bias");
    CopyFromHost({1, 2, 3, 4, 5, 6, bad}, parameters.backend().device.get(),
                 View::Dense(bias->gradient, bias->shape));
    EXPECT_FALSE(sgd->UpdateScaled(0.1, 1, 8)) << bad;
    EXPECT_EQ(parameters.Values("a/weight"), weights) << bad;
    EXPECT_EQ(parameters.ToHost(history), before) << bad;
  }
}

TEST_P(SgdTest, HistoryOnlyForWhatLearns) {
  ASSERT_OK_AND_ASSIGN(
      const auto sgd,
      Sgd::Create(SgdOptions(), parameters_.store(), parameters_.backend()));
  ASSERT_EQ(sgd->slots().size(), 2);
  EXPECT_EQ(sgd->slots()[0].parameter->name, "a/weight");
  EXPECT_EQ(sgd->slots()[1].parameter->name, "b/bias");
}

TEST_P(SgdTest, FailsWithItsKernelsMaker) {
  Backend fails = parameters_.backend();
  fails.make_sgd = [](const std::vector<SgdTensor<float>>&,
                      Device&) -> absl::StatusOr<std::unique_ptr<SgdKernel>> {
    return absl::ResourceExhaustedError("no memory for the kernel");
  };
  EXPECT_THAT(Sgd::Create(SgdOptions(), parameters_.store(), fails),
              StatusIs(absl::StatusCode::kResourceExhausted,
                       "no memory for the kernel"));
}

TEST(SgdOptionsTest, OldFormOfType) {
  ASSERT_OK_AND_ASSIGN(SgdOptions options,
                       SgdOptionsOf(Parse("solver_type: NESTEROV")));
  EXPECT_TRUE(options.nesterov);
  // The new form counts where both are given.
  ASSERT_OK_AND_ASSIGN(
      options, SgdOptionsOf(Parse("solver_type: NESTEROV type: 'SGD'")));
  EXPECT_FALSE(options.nesterov);
}

// As in Caffe.
TEST_P(SgdTest, NoNormIsAboveAnInfiniteLimit) {
  const SolverParameter solver = Parse("clip_gradients: inf");
  Textbook textbook(solver, &parameters_);
  ASSERT_OK_AND_ASSIGN(const SgdOptions options, SgdOptionsOf(solver));
  ASSERT_OK_AND_ASSIGN(const auto sgd, Sgd::Create(options, parameters_.store(),
                                                   parameters_.backend()));
  sgd->Update(0.1, 1);
  textbook.Update(0.1, 1);
  textbook.ExpectEqual();
}

TEST(SgdOptionsTest, ErrorsNameTheField) {
  const std::pair<const char*, const char*> cases[] = {
      {"type: 'Adam'", "type is \"Adam\", it must be SGD or Nesterov"},
      {"solver_type: ADAM", "solver_type is ADAM, "},
      {"momentum: 1", "momentum is 1, "},
      {"momentum: -0.5", "momentum is -0.5, "},
      {"momentum: nan", "momentum is nan, "},
      {"weight_decay: -1", "weight_decay is -1, "},
      {"weight_decay: inf", "weight_decay is inf, "},
      {"regularization_type: 'L3'", "regularization_type is \"L3\", "},
      {"clip_gradients: 0", "clip_gradients is 0, "},
      {"clip_gradients: nan", "clip_gradients is nan, "},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(
        SgdOptionsOf(Parse(text)),
        StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(message)));
  }
}

}  // namespace
}  // namespace tamp
