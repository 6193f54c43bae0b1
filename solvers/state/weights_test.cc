#include "solvers/state/weights.h"

#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/check.h"
#include "core/files/atomic_file.h"
#include "formats/safetensors.h"
#include "formats/snapshot.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/tensor.h"
#include "layers/tensor_copy.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "proto/snapshot.pb.h"
#include "tests/util/devices/available_devices.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::Each;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class WeightsTest : public testing::TestWithParam<AvailableDevice> {
 protected:
  WeightsTest() {
    Add("block1/conv/weight", "block1/conv", {2, 3});
    Add("fc/weight", "fc", {2});
    Add("fc/bias", "fc", {1});
    CHECK_OK(store_.Allocate(backend_.device.get(), 1, true));
  }

  void Add(const char* name, const char* layer, const Shape& shape) {
    Parameter parameter;
    parameter.name = name;
    parameter.owner = layer;
    parameter.shape = shape;
    store_.Add(parameter);
  }

  std::vector<float> Values(const char* name) {
    const Parameter* parameter = store_.Find(name);
    return CopyToHost(View::Dense(parameter->data, parameter->shape),
                      backend_.device.get());
  }

  // Every element is `value`.
  struct Constant {
    const char* name;
    Shape shape;
    float value;
  };
  std::string Write(const std::string& name,
                    const std::vector<Constant>& constants) {
    const std::string path = testing::TempDir() + "/" + name;
    std::vector<std::vector<float>> values;
    values.reserve(constants.size());
    std::vector<NamedFloats> tensors;
    for (const Constant& c : constants) {
      values.emplace_back(c.shape.num_elements(), c.value);
      tensors.push_back({c.name, c.shape, values.back()});
    }
    CHECK_OK(WriteSafetensors(path, tensors));
    return path;
  }

  absl::StatusOr<WeightsReport> Load(const std::vector<std::string>& paths,
                                     bool allow_missing = false) {
    return LoadWeights(paths, allow_missing, &store_, backend_.device.get());
  }

  const Backend backend_ = GetParam().make_backend(1);
  ParameterStore store_;
};
INSTANTIATE_TEST_SUITE_P(Devices, WeightsTest,
                         testing::ValuesIn(AvailableDevices()), DeviceName());

TEST_P(WeightsTest, LoadsSafetensors) {
  const std::string path =
      Write("all.safetensors", {{"block1.conv.weight", {2, 3}, 1},
                                {"fc.weight", {2}, 2},
                                {"fc.bias", {1}, 3}});
  ASSERT_OK_AND_ASSIGN(const WeightsReport report, Load({path}));
  EXPECT_THAT(Values("block1/conv/weight"), Each(1));
  EXPECT_THAT(Values("fc/weight"), Each(2));
  EXPECT_THAT(Values("fc/bias"), Each(3));
  EXPECT_THAT(DescribeWeights(report),
              ElementsAre("block1/conv: loaded", "fc: loaded"));
}

// Running statistics of a program that keeps no sum of weights beside them.
TEST_P(WeightsTest, AssumesWhatMayBeAbsent) {
  Parameter weight;
  weight.name = "fc/running_weight";
  weight.owner = "fc";
  weight.shape = {1};
  weight.kind = ParameterPlan::Kind::kStatistic;
  weight.value_when_absent = 1;
  store_.Add(weight);
  CHECK_OK(store_.Allocate(backend_.device.get(), 1, true));
  const std::string all =
      Write("others.safetensors", {{"block1.conv.weight", {2, 3}, 1},
                                   {"fc.weight", {2}, 2},
                                   {"fc.bias", {1}, 3}});
  ASSERT_OK_AND_ASSIGN(const WeightsReport report, Load({all}));
  EXPECT_THAT(Values("fc/running_weight"), ElementsAre(1));
  EXPECT_THAT(DescribeWeights(report),
              ElementsAre("block1/conv: loaded",
                          "fc: loaded, fc/running_weight taken as 1"));

  // The file's own number counts, and without the layer's others nothing is
  // assumed.
  const std::string own =
      Write("own.safetensors", {{"fc.running_weight", {1}, 5}});
  ASSERT_OK(Load({all, own}));
  EXPECT_THAT(Values("fc/running_weight"), ElementsAre(5));
  const std::string part = Write("part.safetensors", {{"fc.bias", {1}, 7}});
  ASSERT_OK(Load({part}, /*allow_missing=*/true));
  EXPECT_THAT(Values("fc/running_weight"), ElementsAre(5));
  EXPECT_THAT(Load({part}), StatusIs(StatusCode::kInvalidArgument,
                                     HasSubstr("no tensor for")));
}

TEST_P(WeightsTest, LaterFileCounts) {
  const std::string all =
      Write("first.safetensors", {{"block1.conv.weight", {2, 3}, 1},
                                  {"fc.weight", {2}, 2},
                                  {"fc.bias", {1}, 3}});
  const std::string fc = Write("second.safetensors", {{"fc.bias", {1}, 5}});
  ASSERT_OK(Load({all, fc}));
  EXPECT_THAT(Values("fc/weight"), Each(2));
  EXPECT_THAT(Values("fc/bias"), Each(5));
}

TEST_P(WeightsTest, LoadsSnapshotsWithoutHistory) {
  SnapshotParameter snapshot;
  const auto add = [&](const char* name, SnapshotParameter::Tensor::Kind kind,
                       const std::vector<int64_t>& dims,
                       const std::vector<float>& values) {
    SnapshotParameter::Tensor* tensor = snapshot.add_tensor();
    tensor->set_name(name);
    tensor->set_kind(kind);
    for (const int64_t dim : dims) tensor->mutable_shape()->add_dim(dim);
    tensor->set_data(values.data(), values.size() * sizeof(float));
  };
  add("block1/conv/weight", SnapshotParameter::Tensor::WEIGHT, {2, 3},
      {1, 1, 1, 1, 1, 1});
  add("fc/weight", SnapshotParameter::Tensor::WEIGHT, {2}, {2, 2});
  add("fc/weight", SnapshotParameter::Tensor::MOMENTUM, {2}, {9, 9});
  add("fc/bias", SnapshotParameter::Tensor::STATISTIC, {1}, {3});
  const std::string path = testing::TempDir() + "/weights.snapshot";
  ASSERT_OK(WriteSnapshot(path, snapshot));
  ASSERT_OK(Load({path}));
  EXPECT_THAT(Values("fc/weight"), Each(2));
  EXPECT_THAT(Values("fc/bias"), Each(3));
}

TEST_P(WeightsTest, ComparesClassNames) {
  SnapshotParameter snapshot;
  SnapshotParameter::Tensor* tensor = snapshot.add_tensor();
  tensor->set_name("fc/bias");
  tensor->mutable_shape()->add_dim(1);
  tensor->set_data(std::string(sizeof(float), '\0'));
  for (const char* name : {"ant", "bee", "cat"}) snapshot.add_class_name(name);
  const std::string path = testing::TempDir() + "/classes.snapshot";
  ASSERT_OK(WriteSnapshot(path, snapshot));
  ASSERT_OK_AND_ASSIGN(const WeightsReport report, Load({path}, true));
  const auto check = [&](const std::vector<std::string>& names, ClassUse use) {
    return CheckWeightsClasses(report, {"in the data", names}, use);
  };
  const std::string message =
      "class 1 is \"bee\" in " + path + " and \"bat\" in the data: ";
  for (const ClassUse use : {ClassUse::kTested, ClassUse::kTrained}) {
    EXPECT_OK(check({"ant", "bee", "cat"}, use));
    EXPECT_OK(check({}, use));
    EXPECT_OK(check({"ant", "bee"}, use));
    EXPECT_THAT(check({"ant", "bat", "cat"}, use),
                StatusIs(StatusCode::kFailedPrecondition, StartsWith(message)));
  }
  EXPECT_OK(check({"ant", "bat"}, ClassUse::kTrained));
  EXPECT_THAT(check({"ant", "bat"}, ClassUse::kTested),
              StatusIs(StatusCode::kFailedPrecondition, StartsWith(message)));
  // Files that say nothing of classes.
  const std::string bias = Write("bias.safetensors", {{"fc.bias", {1}, 1}});
  ASSERT_OK_AND_ASSIGN(const WeightsReport unnamed, Load({bias}, true));
  EXPECT_OK(
      CheckWeightsClasses(unnamed, {"in the data", {"x"}}, ClassUse::kTested));
}

TEST_P(WeightsTest, RefusesWhatDoesNotFit) {
  const std::vector<float> before = Values("block1/conv/weight");
  const std::string missing =
      Write("missing.safetensors", {{"block1.conv.weight", {2, 3}, 1}});
  EXPECT_THAT(Load({missing}),
              StatusIs(StatusCode::kInvalidArgument,
                       EndsWith("no tensor for the parameter \"fc/weight\" "
                                "(and 1 more); --allow_missing loads what "
                                "fits")));
  const std::string name =
      Write("name.safetensors", {{"block1.conv.weight", {2, 3}, 1},
                                 {"fc.weights", {2}, 2},
                                 {"fc.bias", {1}, 3}});
  EXPECT_THAT(
      Load({name}),
      StatusIs(StatusCode::kInvalidArgument,
               HasSubstr("has no parameter \"fc.weights\"; did you mean")));
  const std::string shape =
      Write("shape.safetensors", {{"block1.conv.weight", {3, 2}, 1},
                                  {"fc.weight", {2}, 2},
                                  {"fc.bias", {1}, 3}});
  EXPECT_THAT(Load({shape}),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("\"block1.conv.weight\" is 3x2, the parameter "
                                 "\"block1/conv/weight\" of the net is 2x3")));
  EXPECT_EQ(Values("block1/conv/weight"), before);
}

TEST_P(WeightsTest, AllowMissingLoadsWhatFits) {
  const std::string path =
      Write("some.safetensors", {{"block1.conv.weight", {2, 3}, 1},
                                 {"fc.weight", {5}, 2},
                                 {"other", {1}, 3}});
  const std::vector<float> fc = Values("fc/weight");
  ASSERT_OK_AND_ASSIGN(const WeightsReport report, Load({path}, true));
  EXPECT_THAT(Values("block1/conv/weight"), Each(1));
  EXPECT_EQ(Values("fc/weight"), fc);
  EXPECT_THAT(
      DescribeWeights(report),
      ElementsAre("block1/conv: loaded", "fc: not loaded",
                  HasSubstr("\"fc.weight\" is 5"), HasSubstr("\"other\"")));
  const std::string bias = Write("bias.safetensors", {{"fc.bias", {1}, 1}});
  ASSERT_OK_AND_ASSIGN(const WeightsReport part, Load({bias}, true));
  EXPECT_THAT(DescribeWeights(part),
              ElementsAre("block1/conv: not loaded", "fc: 1 of 2 loaded"));
}

TEST_P(WeightsTest, NothingFitsIsAnErrorAlways) {
  const std::string path = Write("other.safetensors", {{"x", {1}, 1}});
  EXPECT_THAT(Load({path}, true),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("other.safetensors: no tensor has")));
}

TEST_P(WeightsTest, BadFiles) {
  EXPECT_THAT(Load({"/no/such/file"}),
              StatusIs(StatusCode::kNotFound, HasSubstr("/no/such/file")));
  const std::string text = testing::TempDir() + "/text.prototxt";
  std::ofstream(text) << "name: 'this is no file of weights'";
  EXPECT_THAT(Load({text}),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("neither a snapshot nor a safetensors file")));
  const std::string nan = Write("nan.safetensors", {{"fc.bias", {1}, NAN}});
  EXPECT_THAT(Load({nan}, true),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("\"fc.bias\" holds numbers that are not")));
}

// A file of the format's own types beside ours.
TEST_P(WeightsTest, OnlyWhatIsUsedMustBeReadable) {
  const std::string header =
      R"({"block1.conv.weight":{"dtype":"F16","shape":[2,3],)"
      R"("data_offsets":[0,12]},)"
      R"("fc.weight":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},)"
      R"("empty":{"dtype":"F32","shape":[3,0],"data_offsets":[16,16]},)"
      R"("mask":{"dtype":"BOOL","shape":[2],"data_offsets":[16,18]},)"
      R"("fc.bias":{"dtype":"TYPE","shape":[1],"data_offsets":[18,19]}})";
  // 1 as F16, 2 as BF16.
  const std::string data(
      "\0\x3C\0\x3C\0\x3C\0\x3C\0\x3C\0\x3C"
      "\0\x40\0\x40\1\0\3",
      19);
  const std::string path = testing::TempDir() + "/types.safetensors";
  const auto write = [&](const std::string& type) {
    const std::string text = absl::StrReplaceAll(header, {{"TYPE", type}});
    const uint64_t length = text.size();
    CHECK_OK(WriteFileAtomically(
        path, {absl::string_view(reinterpret_cast<const char*>(&length), 8),
               text, data}));
    return path;
  };
  ASSERT_OK_AND_ASSIGN(const WeightsReport report, Load({write("U8")}, true));
  EXPECT_THAT(Values("block1/conv/weight"), Each(1));
  EXPECT_THAT(Values("fc/weight"), Each(2));
  EXPECT_THAT(Values("fc/bias"), Each(3));
  EXPECT_THAT(report.unused,
              ElementsAre(HasSubstr("\"empty\""), HasSubstr("\"mask\"")));
  EXPECT_THAT(Load({write("F8_E4M3")}, true),
              StatusIs(StatusCode::kInvalidArgument,
                       HasSubstr("types.safetensors: tensor \"fc.bias\" is of "
                                 "type F8_E4M3; what can be read are F32")));
}

TEST(SplitPathsTest, Commas) {
  EXPECT_THAT(SplitPaths("a,b/c"), ElementsAre("a", "b/c"));
  EXPECT_THAT(SplitPaths(""), ElementsAre());
}

}  // namespace
}  // namespace tamp
