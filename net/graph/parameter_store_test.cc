#include "net/graph/parameter_store.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "net/backend.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

constexpr int64_t kLine = 16;  // floats in 64 bytes, the alignment of the CPU

Parameter Learned(std::string name, const Shape& shape) {
  Parameter parameter;
  parameter.name = std::move(name);
  parameter.shape = shape;
  parameter.filler.set_type("constant");
  parameter.filler.set_value(3);
  return parameter;
}

void AddAll(ParameterStore* store) {
  store->Add(Learned("a", {3, 5}));  // a line
  Parameter statistic = Learned("mean", {7});
  statistic.kind = ParameterPlan::Kind::kStatistic;
  store->Add(std::move(statistic));
  Parameter frozen = Learned("frozen", {9});
  frozen.lr_mult = 0;
  store->Add(std::move(frozen));
  store->Add(Learned("b", {17}));  // two lines
  store->Add(Learned("c", {16}));  // one
}

// A net for testing may come before the one that is trained, or never.
TEST(ParameterStoreTest, GradientsAreOnePieceInWhateverOrder) {
  const Backend backend = TestBackend();
  for (const bool tests_first : {false, true}) {
    ParameterStore store;
    AddAll(&store);
    if (tests_first) {
      ASSERT_OK(
          store.Allocate(backend.device.get(), 1, /*with_gradients=*/false));
      EXPECT_TRUE(store.gradients().empty());
    }
    ASSERT_OK(store.Allocate(backend.device.get(), 1, /*with_gradients=*/true));
    const absl::Span<float> gradients = store.gradients();
    ASSERT_EQ(gradients.size(), 4 * kLine);
    EXPECT_EQ(store.Find("a")->gradient, gradients.data());
    EXPECT_EQ(store.Find("b")->gradient, gradients.data() + kLine);
    EXPECT_EQ(store.Find("c")->gradient, gradients.data() + 3 * kLine);
    EXPECT_EQ(store.Find("mean")->gradient, nullptr);
    EXPECT_EQ(store.Find("frozen")->gradient, nullptr);
    EXPECT_EQ(std::count(gradients.begin(), gradients.end(), 0.0f), 4 * kLine);

    // Again, as the next test net does.
    ASSERT_OK(
        store.Allocate(backend.device.get(), 1, /*with_gradients=*/false));
    EXPECT_EQ(store.gradients().data(), gradients.data());
    EXPECT_EQ(store.gradients().size(), gradients.size());
  }
}

TEST(ParameterStoreDeathTest, GradientsInTwoPiecesAreRefused) {
  const Backend backend = TestBackend();
  ParameterStore store;
  AddAll(&store);
  ASSERT_OK(store.Allocate(backend.device.get(), 1, /*with_gradients=*/true));
  store.Add(Learned("late", {2}));
  EXPECT_DEATH(store.Allocate(backend.device.get(), 1, true).IgnoreError(),
               "two pieces");
}

}  // namespace
}  // namespace tamp
