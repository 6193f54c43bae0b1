#include "layers/options/arity.h"

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "proto/layer.pb.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

LayerParameter WithCounts(int bottoms, int tops) {
  LayerParameter parameter;
  for (int i = 0; i < bottoms; ++i) parameter.add_bottom("b");
  for (int i = 0; i < tops; ++i) parameter.add_top("t");
  return parameter;
}

TEST(ArityTest, SaysWhatIsWrong) {
  const auto refuses = [](int bottoms, int tops, Arity b, Arity t,
                          const char* message) {
    EXPECT_THAT(CheckArity(WithCounts(bottoms, tops), b, t),
                StatusIs(absl::StatusCode::kInvalidArgument, message));
  };
  EXPECT_OK(CheckArity(WithCounts(2, 1), {2, 2}, {1, 1}));
  EXPECT_OK(CheckArity(WithCounts(9, 1), {1, Arity::kAny}, {1, 1}));
  refuses(1, 1, {2, 2}, {1, 1}, "takes 2 bottoms, has 1");
  refuses(1, 2, {1, 1}, {1, 1}, "takes 1 top, has 2");
  refuses(0, 1, {1, Arity::kAny}, {1, 1}, "takes at least 1 bottom, has 0");
  refuses(3, 1, {1, 2}, {1, 1}, "takes 1 to 2 bottoms, has 3");
}

}  // namespace
}  // namespace tamp
