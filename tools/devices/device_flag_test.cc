#include "tools/devices/device_flag.h"

#include <sched.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "core/cpu/cpu_device.h"
#include "core/cpu/processors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "solvers/backend_cpu.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::HasSubstr;

absl::StatusOr<Backend> NoCuda(int) {
  return absl::UnimplementedError("nothing of CUDA");
}

TEST(MakeBackendTest, Threads) {
  for (const int threads : {1, 2, 1024}) {
    ASSERT_OK_AND_ASSIGN(const Backend backend,
                         MakeBackend("cpu", threads, NoCuda));
    EXPECT_EQ(AsCpu(*backend.device).num_threads(), threads);
  }
  EXPECT_THAT(
      MakeBackend("cpu", -1, NoCuda),
      StatusIs(StatusCode::kInvalidArgument, HasSubstr("--threads=-1")));
  EXPECT_THAT(
      MakeBackend("cpu", 1025, NoCuda),
      StatusIs(StatusCode::kInvalidArgument, HasSubstr("--threads=1025")));
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
  ASSERT_OK_AND_ASSIGN(const Backend backend, MakeBackend("cpu", 0, NoCuda));
  EXPECT_EQ(AsCpu(*backend.device).num_threads(), 1);
  const std::string reason = ReasonOfThreads(FindProcessors());
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "1 thread: " + reason + "\n");

  testing::internal::CaptureStderr();
  ASSERT_OK_AND_ASSIGN(const Backend exact, MakeBackend("cpu", 1, NoCuda));
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");

  testing::internal::CaptureStderr();
  ASSERT_OK_AND_ASSIGN(const Backend many, MakeBackend("cpu", 3, NoCuda));
  EXPECT_EQ(AsCpu(*many.device).num_threads(), 3);
  EXPECT_EQ(
      testing::internal::GetCapturedStderr(),
      "3 threads, as --threads says, of which 1 is useful: " + reason + "\n");
  ASSERT_EQ(sched_setaffinity(0, sizeof(old), &old), 0);
}

// A backend that says which GPU was asked for.
absl::StatusOr<Backend> Gpus(int ordinal) {
  if (ordinal > 1) return absl::NotFoundError("there are two");
  return MakeCpuBackend(/*num_threads=*/1 + ordinal);
}

TEST(MakeBackendTest, Gpus) {
  const struct {
    const char* device;
    int ordinal;
  } cases[] = {{"cuda", 0}, {"cuda:0", 0}, {"cuda:1", 1}, {"auto", 0}};
  for (const auto& [device, ordinal] : cases) {
    SCOPED_TRACE(device);
    ASSERT_OK_AND_ASSIGN(const Backend backend, MakeBackend(device, 7, Gpus));
    EXPECT_EQ(AsCpu(*backend.device).num_threads(), 1 + ordinal);
  }
  EXPECT_THAT(
      MakeBackend("cuda:2", 7, Gpus),
      StatusIs(StatusCode::kNotFound, "--device=cuda:2: there are two"));
}

TEST(MakeBackendTest, WithoutGpus) {
  EXPECT_THAT(
      MakeBackend("cuda", 1, NoCuda),
      StatusIs(StatusCode::kUnimplemented, "--device=cuda: nothing of CUDA"));
  testing::internal::CaptureStderr();
  ASSERT_OK_AND_ASSIGN(const Backend backend, MakeBackend("auto", 3, NoCuda));
  EXPECT_EQ(AsCpu(*backend.device).num_threads(), 3);
  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("--device=auto: cpu: nothing of CUDA\n"));
}

TEST(MakeBackendTest, UnknownDevices) {
  for (const char* name :
       {"", "gpu", "tpu", "cuda:", "cuda:x", "cuda:-1", "cuda1", "CPU"}) {
    EXPECT_THAT(
        MakeBackend(name, 1, Gpus),
        StatusIs(StatusCode::kInvalidArgument,
                 absl::StrCat("--device=", name,
                              " is unknown; use cpu, cuda, "
                              "cuda:N (N is 0 for the first GPU) or auto")));
  }
}

}  // namespace
}  // namespace tamp
