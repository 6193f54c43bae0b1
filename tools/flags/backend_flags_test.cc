#include "tools/flags/backend_flags.h"

#include <sched.h>

#include <string>

#include "absl/status/status.h"
#include "core/cpu/cpu_device.h"
#include "core/cpu/processors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::StrEq;

TEST(MakeBackendTest, Threads) {
  for (const int threads : {1, 2, 1024}) {
    ASSERT_OK_AND_ASSIGN(const Backend backend, MakeBackend("cpu", threads));
    EXPECT_EQ(AsCpu(*backend.device).num_threads(), threads);
  }
  EXPECT_THAT(MakeBackend("cpu", -1), StatusIs(StatusCode::kInvalidArgument,
                                               HasSubstr("--threads=-1")));
  EXPECT_THAT(MakeBackend("cpu", 1025), StatusIs(StatusCode::kInvalidArgument,
                                                 HasSubstr("--threads=1025")));
}

// One processor is a limit that a test can set; core/cpu/processors_test.cc and
// cpu_quota_test.cc have the others.
TEST(MakeBackendTest, SaysHowManyThreadsAndWhy) {
  cpu_set_t old, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof(old), &old), 0);
  CPU_ZERO(&one);
  CPU_SET(sched_getcpu(), &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof(one), &one), 0);
  testing::internal::CaptureStderr();
  ASSERT_OK_AND_ASSIGN(const Backend backend, MakeBackend("cpu", 0));
  EXPECT_EQ(AsCpu(*backend.device).num_threads(), 1);
  const std::string reason = ReasonOfThreads(FindProcessors());
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "1 thread: " + reason + "\n");

  testing::internal::CaptureStderr();
  ASSERT_OK_AND_ASSIGN(const Backend exact, MakeBackend("cpu", 1));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");

  testing::internal::CaptureStderr();
  ASSERT_OK_AND_ASSIGN(const Backend many, MakeBackend("cpu", 3));
  EXPECT_EQ(AsCpu(*many.device).num_threads(), 3);
  EXPECT_EQ(
      testing::internal::GetCapturedStderr(),
      "3 threads, as --threads says, of which 1 is useful: " + reason + "\n");
  ASSERT_EQ(sched_setaffinity(0, sizeof(old), &old), 0);
}

TEST(MakeBackendTest, OtherDevices) {
  for (const char* name : {"gpu", "cuda"}) {
    EXPECT_THAT(
        MakeBackend(name, 1),
        StatusIs(StatusCode::kInvalidArgument,
                 StrEq("this build has no CUDA device; use --device=cpu")));
  }
  EXPECT_THAT(MakeBackend("tpu", 1), StatusIs(StatusCode::kInvalidArgument,
                                              HasSubstr("--device=tpu")));
}

}  // namespace
}  // namespace tamp
