#include "tools/runs/tensor_comparison.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/shape.h"
#include "formats/safetensors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Safetensors WriteAndRead(const std::string& name,
                         const std::vector<NamedFloats>& tensors) {
  const std::string path = testing::TempDir() + "/" + name;
  EXPECT_OK(WriteSafetensors(path, tensors));
  absl::StatusOr<Safetensors> file = Safetensors::Read(path);
  EXPECT_OK(file);
  return *std::move(file);
}

TEST(TensorComparisonTest, MeasuresEachTensor) {
  const std::vector<float> u = {3, 4}, v = {3, 4.5f}, w = {1, 2, 3};
  const std::vector<float> nan = {3, std::numeric_limits<float>::quiet_NaN()};
  const Safetensors a = WriteAndRead(
      "a",
      {{"near", {2}, u}, {"nan", {2}, u}, {"shape", {2}, u}, {"a", {2}, u}});
  const Safetensors b = WriteAndRead(
      "b",
      {{"near", {2}, v}, {"nan", {2}, nan}, {"shape", {3}, w}, {"zz", {2}, u}});
  const std::vector<TensorDifference> all = CompareTensors(a, b);
  ASSERT_THAT(all, SizeIs(5));
  EXPECT_EQ(all[0].name, "a");
  EXPECT_THAT(all[0].mismatch, HasSubstr("only in the first"));
  EXPECT_EQ(all[1].name, "nan");
  EXPECT_TRUE(std::isinf(all[1].relative_error));
  EXPECT_EQ(all[2].name, "near");
  EXPECT_NEAR(all[2].relative_error, 0.1, 1e-7);
  EXPECT_NEAR(all[2].largest_difference, 0.5, 1e-7);
  EXPECT_EQ(all[2].mismatch, "");
  EXPECT_THAT(all[3].mismatch, HasSubstr("2 against 3"));
  EXPECT_TRUE(std::isinf(all[3].relative_error));
  EXPECT_EQ(all[4].name, "zz");
  EXPECT_THAT(all[4].mismatch, HasSubstr("only in the second"));
}

}  // namespace
}  // namespace tamp
