#include "net/report/unreached_parameters.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "net/planned_net.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Warnings(const NetParameter& net,
                                  Phase phase = TRAIN) {
  const Backend backend = TestBackend();
  NetOptions options;
  options.backend = backend;
  options.phase = phase;
  ParameterStore parameters;
  const absl::StatusOr<PlannedNet> planned = PlanNet(net, options, &parameters);
  EXPECT_OK(planned);
  return planned.ok() ? planned->warnings : std::vector<std::string>();
}

// Lines 1 to 4 of a net: its data and a layer "fc".
constexpr char kStart[] =
    "name: 'n' layer { name: 'data' type: 'Input' top: 'data' top: 'label'\n"
    "  input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }\n"
    "layer { name: 'fc' type: 'InnerProduct' bottom: 'data' top: 'fc'\n"
    "  param { name: 'w' } inner_product_param { num_output: 3 } }\n";
constexpr char kLoss[] =
    "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'fc' "
    "bottom: 'label' }\n";

std::vector<std::string> Warnings(const std::string& rest,
                                  Phase phase = TRAIN) {
  const absl::StatusOr<NetParameter> net =
      ParseNetText(absl::StrCat(kStart, rest), "net");
  EXPECT_OK(net);
  return net.ok() ? Warnings(*net, phase) : std::vector<std::string>();
}

std::string Fc(const std::string& name, const std::string& bottom,
               const std::string& more = "") {
  return absl::StrCat("layer { name: '", name, "' type: 'InnerProduct' ",
                      "bottom: '", bottom, "' top: '", name, "' ", more,
                      " inner_product_param { num_output: 3 } }\n");
}

TEST(UnreachedParametersTest, NoneWhereAllLearns) {
  EXPECT_THAT(Warnings(kLoss), IsEmpty());
}

TEST(UnreachedParametersTest, NamesWhatNoLossDependsOn) {
  constexpr char kAlone[] =
      "net:6:1: layer \"aux\": its parameters get no gradient: no loss depends "
      "on it; lr_mult: 0 says that they shall not learn";
  EXPECT_THAT(Warnings(kLoss + Fc("aux", "fc")), ElementsAre(kAlone));
  // An accuracy is no loss.
  EXPECT_THAT(Warnings(kLoss + Fc("aux", "fc") +
                       "layer { name: 'accuracy' type: 'Accuracy' "
                       "bottom: 'aux' bottom: 'label' top: 'accuracy' }"),
              ElementsAre(kAlone));
  EXPECT_THAT(
      Warnings(kLoss + Fc("aux", "fc") + Fc("more", "aux") + Fc("last", "aux")),
      ElementsAre("net:6:1: layer \"aux\": its parameters get no gradient: no "
                  "loss depends on it (and so for 2 more layers); lr_mult: 0 "
                  "says that they shall not learn"));
}

TEST(UnreachedParametersTest, NamesWhereTheWayIsCut) {
  EXPECT_THAT(
      Warnings(Fc("top", "fc", "propagate_down: false") +
               "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'top' "
               "bottom: 'label' }"),
      ElementsAre(
          "net:3:1: layer \"fc\": its parameters get no gradient: layer "
          "\"top\" passes none to its bottom \"fc\"; lr_mult: 0 says "
          "that they shall not learn"));
  // What is taken for labels.
  EXPECT_THAT(
      Warnings("layer { name: 'head' type: 'InnerProduct' bottom: 'data' "
               "top: 'head' inner_product_param { num_output: 1 } }\n"
               "layer { name: 'relu' type: 'ReLU' bottom: 'head' top: 'relu' }"
               "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'fc' "
               "bottom: 'relu' }"),
      ElementsAre("net:5:1: layer \"head\": its parameters get no gradient: "
                  "layer \"loss\" passes none to its bottom \"relu\"; "
                  "lr_mult: 0 says that they shall not learn"));
}

TEST(UnreachedParametersTest, NoFalseAlarms) {
  // Frozen on purpose.
  EXPECT_THAT(Warnings(kLoss + Fc("aux", "fc",
                                  "param { lr_mult: 0 } param { lr_mult: 0 }")),
              IsEmpty());
  // A weight that learns elsewhere.
  EXPECT_THAT(Warnings(kLoss + Fc("aux", "data",
                                  "param { name: 'w' } param { lr_mult: 0 }")),
              IsEmpty());
  // Nets for testing.
  EXPECT_THAT(Warnings(Fc("aux", "fc"), TEST), IsEmpty());
}

TEST(UnreachedParametersTest, NetsThatLearnNothing) {
  EXPECT_THAT(Warnings(""),
              ElementsAre("net: net \"n\": has no loss: nothing in it learns"));
  EXPECT_THAT(
      Warnings("layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'fc' "
               "bottom: 'label' loss_weight: 0 }"),
      ElementsAre("net: net \"n\": has no loss: nothing in it learns"));
  const absl::StatusOr<NetParameter> frozen = ParseNetText(
      "name: 'n' layer { name: 'data' type: 'Input' top: 'data' top: 'label'\n"
      "  input_param { shape { dim: 2 dim: 3 } shape { dim: 2 } } }\n"
      "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'data' "
      "bottom: 'label' }",
      "net");
  ASSERT_OK(frozen);
  EXPECT_THAT(Warnings(*frozen),
              ElementsAre("net: net \"n\": nothing in it learns: every "
                          "lr_mult is 0, or there is no parameter"));
}

TEST(UnreachedParametersTest, OurNetworksAreFree) {
  int count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("net")) {
    if (entry.path().extension() != ".prototxt") continue;
    SCOPED_TRACE(entry.path());
    ASSERT_OK_AND_ASSIGN(const NetParameter net,
                         ReadNetFile(entry.path().string()));
    EXPECT_THAT(Warnings(net), IsEmpty());
    ++count;
  }
  EXPECT_GE(count, 10);
}

}  // namespace
}  // namespace tamp
