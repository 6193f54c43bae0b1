// gtest matchers for absl::Status and absl::StatusOr.
//
//   EXPECT_OK(Validate(layer));
//   EXPECT_THAT(Parse("x"), StatusIs(absl::StatusCode::kInvalidArgument,
//                                    HasSubstr("expected")));

#ifndef TAMP_TESTS_UTIL_STATUS_MATCHERS_H_
#define TAMP_TESTS_UTIL_STATUS_MATCHERS_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {

inline const absl::Status& GetStatus(const absl::Status& status) {
  return status;
}
template <typename T>
const absl::Status& GetStatus(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "") {
  *result_listener << GetStatus(arg).ToString();
  return arg.ok();
}

MATCHER_P2(StatusIs, code, message_matcher, "") {
  *result_listener << GetStatus(arg).ToString();
  return GetStatus(arg).code() == code &&
         testing::Matches(message_matcher)(
             std::string(GetStatus(arg).message()));
}

}  // namespace tamp

#define EXPECT_OK(expression) EXPECT_THAT(expression, ::tamp::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT(expression, ::tamp::IsOk())

// Assigns the value of a StatusOr or fails the test.
#define TAMP_ASSERT_OK_AND_ASSIGN(result, lhs, expression) \
  auto result = (expression);                              \
  ASSERT_TRUE(result.ok()) << result.status();             \
  lhs = *std::move(result)
#define TAMP_TEST_CONCAT_INNER(a, b) a##b
#define TAMP_TEST_CONCAT(a, b) TAMP_TEST_CONCAT_INNER(a, b)
#define ASSERT_OK_AND_ASSIGN(lhs, expression)                              \
  TAMP_ASSERT_OK_AND_ASSIGN(TAMP_TEST_CONCAT(tamp_result_, __LINE__), lhs, \
                            expression)

#endif  // TAMP_TESTS_UTIL_STATUS_MATCHERS_H_
