#include "solvers/state/training_state.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/check.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/tensor.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "solvers/sgd/sgd.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TrainingIdentity MakeIdentity() {
  TrainingIdentity identity;
  identity.seed = 3;
  identity.data_size = 25;
  identity.samples_per_iteration = 10;
  identity.class_names = {"cat", "dog"};
  identity.net_name = "net";
  identity.net_hash = 0xfedcba9876543210;
  identity.solver_type = "SGD";
  return identity;
}

// A made-up training: a weight, a frozen weight and a statistic.
class Training {
 public:
  Training(const AvailableDevice& device, float start,
           const Shape& shape = {2, 3})
      : backend(device.make_backend(2)) {
    Add("fc/weight", shape, ParameterPlan::Kind::kLearned, 1);
    Add("fc/bias", {1}, ParameterPlan::Kind::kLearned, 0);
    Add("bn/running_mean", {4}, ParameterPlan::Kind::kStatistic, 1);
    CHECK_OK(store.Allocate(backend.device.get(), 1, true));
    sgd = *Sgd::Create({}, store, backend);
    for (Parameter& parameter : store.parameters()) {
      Number(View::Dense(parameter.data, parameter.shape), &start);
    }
    for (const Sgd::Slot& slot : sgd->slots()) {
      Number(View::Dense(slot.momentum, slot.parameter->shape), &start);
    }
  }

  SnapshotParameter Capture(int64_t iteration) {
    return CaptureTraining(MakeIdentity(), iteration, store, *sgd,
                           backend.device.get());
  }

  absl::Status Restore(const SnapshotParameter& snapshot,
                       const TrainingIdentity& identity = MakeIdentity()) {
    return RestoreTraining(snapshot, identity, &store, sgd.get(),
                           backend.device.get());
  }

  const Backend backend;
  ParameterStore store;
  std::unique_ptr<Sgd> sgd;

 private:
  void Add(const char* name, const Shape& shape, ParameterPlan::Kind kind,
           float lr_mult) {
    Parameter parameter;
    parameter.name = name;
    parameter.shape = shape;
    parameter.kind = kind;
    parameter.lr_mult = lr_mult;
    store.Add(parameter);
  }

  void Number(const View& view, float* next) {
    std::vector<float> values(view.shape.num_elements());
    for (float& value : values) value = (*next)++;
    CopyFromHost(values, backend.device.get(), view);
  }
};

class TrainingStateTest : public testing::TestWithParam<AvailableDevice> {};
INSTANTIATE_TEST_SUITE_P(Devices, TrainingStateTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(TrainingStateTest, Counters) {
  const SnapshotParameter snapshot = Training(GetParam(), 1).Capture(7);
  EXPECT_EQ(snapshot.iteration(), 7);
  EXPECT_EQ(snapshot.data_position(), 70);
  EXPECT_EQ(snapshot.epoch(), 2);
  EXPECT_EQ(snapshot.seed(), 3);
  EXPECT_EQ(snapshot.data_size(), 25);
  EXPECT_EQ(snapshot.net_hash(), 0xfedcba9876543210);
  EXPECT_EQ(snapshot.tensor_size(), 4);
}

TEST_P(TrainingStateTest, EverythingComesBack) {
  const SnapshotParameter snapshot = Training(GetParam(), 1).Capture(7);
  Training other(GetParam(), 1000);
  EXPECT_NE(other.Capture(7).SerializeAsString(), snapshot.SerializeAsString());
  ASSERT_OK(other.Restore(snapshot));
  EXPECT_EQ(other.Capture(7).SerializeAsString(), snapshot.SerializeAsString());
}

TEST_P(TrainingStateTest, OtherTrainingsAreRefused) {
  Training training(GetParam(), 1);
  const SnapshotParameter snapshot = training.Capture(7);
  const auto expect = [&](void (*change)(TrainingIdentity*),
                          const char* message) {
    TrainingIdentity identity = MakeIdentity();
    change(&identity);
    EXPECT_THAT(
        training.Restore(snapshot, identity),
        StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(message)));
  };
  expect([](TrainingIdentity* i) { i->net_name = "other"; },
         "the snapshot is of net \"net\", this is \"other\"");
  expect([](TrainingIdentity* i) { ++i->net_hash; },
         "layers or options of net \"net\" have changed since the snapshot");
  expect([](TrainingIdentity* i) { i->solver_type = "Nesterov"; },
         "the snapshot is of solver type SGD, this is Nesterov");
  expect([](TrainingIdentity* i) { i->data_size = 26; },
         "a training set of 25 samples, this one has 26");
  expect([](TrainingIdentity* i) { i->seed = 4; },
         "the snapshot is of seed 3, this is 4; use --seed=3");
  expect([](TrainingIdentity* i) { i->samples_per_iteration = 20; },
         "drew 70 samples in 7 iterations, this is 20 samples an iteration");
}

TEST_P(TrainingStateTest, ClassesAreComparedByName) {
  Training training(GetParam(), 1);
  SnapshotParameter snapshot = training.Capture(7);
  EXPECT_THAT(snapshot.class_name(), ElementsAre("cat", "dog"));
  const auto restore = [&](const std::vector<std::string>& names) {
    TrainingIdentity identity = MakeIdentity();
    identity.class_names = names;
    return training.Restore(snapshot, identity);
  };
  EXPECT_THAT(restore({"dog", "wildcat"}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       StartsWith("class 0 is \"cat\" in the snapshot and "
                                  "\"dog\" in the training set: ")));
  EXPECT_THAT(restore({"cat"}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       StartsWith("the snapshot is of 2 classes, the training "
                                  "set has 1: ")));
  // Data without names, and snapshots from before there were names.
  EXPECT_OK(restore({}));
  snapshot.clear_class_name();
  EXPECT_OK(restore({"dog", "wildcat"}));
}

TEST_P(TrainingStateTest, OtherTensorsAreRefusedAndNothingChanges) {
  Training training(GetParam(), 1000);
  const std::string before = training.Capture(7).SerializeAsString();
  EXPECT_THAT(training.Restore(Training(GetParam(), 1, {3, 2}).Capture(7)),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       StartsWith("\"fc/weight\" is 2x3 here")));
  SnapshotParameter renamed = Training(GetParam(), 1).Capture(7);
  renamed.mutable_tensor(2)->set_name("bn/running_var");
  EXPECT_THAT(training.Restore(renamed),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("no STATISTIC of \"bn/running_mean\"")));
  SnapshotParameter shorter = Training(GetParam(), 1).Capture(7);
  shorter.mutable_tensor()->RemoveLast();
  EXPECT_THAT(training.Restore(shorter),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "the snapshot has no MOMENTUM of \"fc/weight\"; to "
                       "start anew from the snapshot's weights use --weights"));
  SnapshotParameter longer = Training(GetParam(), 1).Capture(7);
  longer.add_tensor()->set_name("bn/running_weight");
  EXPECT_THAT(training.Restore(longer),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("5 tensors, this training 4")));
  EXPECT_EQ(training.Capture(7).SerializeAsString(), before);
}

TEST_P(TrainingStateTest, HostileCountersAreRefused) {
  Training training(GetParam(), 1);
  SnapshotParameter snapshot = training.Capture(7);
  snapshot.set_iteration(int64_t{1} << 62);
  snapshot.set_data_position(int64_t{1} << 62);
  EXPECT_FALSE(training.Restore(snapshot).ok());
}

}  // namespace
}  // namespace tamp
