#include "core/check.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/status_macros.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

TEST(CheckTest, WhatHoldsNeverAborts) {
  CHECK(true) << "never seen";
  CHECK_EQ(1 + 1, 2);
  CHECK_OK(absl::OkStatus());
}

TEST(CheckDeathTest, NamesConditionAndMessage) {
  EXPECT_DEATH(CHECK(1 > 2) << "numbers", "check_test.*1 > 2.*numbers");
  EXPECT_DEATH(CHECK_LT(3, 2), "3 vs 2");
  EXPECT_DEATH(CHECK_OK(absl::NotFoundError("lost")), "lost");
}

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError("odd");
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  ASSIGN_OR_RETURN(const int half, Half(value));
  ASSIGN_OR_RETURN(const int quarter, Half(half));
  return quarter;
}

absl::Status IsDivisibleByFour(int value) {
  RETURN_IF_ERROR(Quarter(value).status());
  return absl::OkStatus();
}

TEST(StatusMacrosTest, CarryValuesAndErrors) {
  ASSERT_OK_AND_ASSIGN(const int quarter, Quarter(12));
  EXPECT_EQ(quarter, 3);
  EXPECT_OK(IsDivisibleByFour(8));
  EXPECT_THAT(IsDivisibleByFour(6),
              StatusIs(absl::StatusCode::kInvalidArgument, "odd"));
}

}  // namespace
}  // namespace tamp
