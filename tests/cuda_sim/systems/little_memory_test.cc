// A net on a GPU of little memory.

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/net.h"
#include "proto/text_format.h"
#include "solvers/backend_cuda.h"
#include "tests/cuda_sim/runtime/simulated_devices.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

constexpr int64_t kSampleBytes = 4 << 10;

// Two values of 4 KiB a sample.
absl::Status TryNet(int64_t batch_size, const Backend& backend) {
  const absl::StatusOr<NetParameter> net = ParseNetText(
      absl::StrCat(R"(layer { name: "data" type: "Input" top: "data"
                              input_param { shape { dim: )",
                   batch_size, R"( dim: 1024 } } }
                      layer { name: "y" type: "ReLU" bottom: "data" top: "y" })"),
      "net");
  if (!net.ok()) return net.status();
  NetOptions options;
  options.backend = backend;
  options.phase = TEST;
  return Net::Create(*net, options).status();
}

TEST(LittleMemoryTest, NamesTheLargestBatchThatFitsInWhatIsFree) {
  cuda_sim::SimulatedSystem small;
  small.devices[0].total_bytes = size_t{8} << 20;
  const cuda_sim::ScopedSystem machine(small);
  ASSERT_OK_AND_ASSIGN(const Backend backend, MakeCudaBackend(0));
  ASSERT_OK_AND_ASSIGN(const Buffer others, backend.device->Allocate(3 << 20));
  const int64_t free = backend.device->free_bytes();
  EXPECT_LE(free, 5 << 20);
  const int64_t largest = free / (2 * kSampleBytes);
  EXPECT_OK(TryNet(largest, backend));
  EXPECT_THAT(
      TryNet(2048, backend),
      StatusIs(absl::StatusCode::kResourceExhausted,
               absl::StrCat("the net needs 16 MiB of memory, 0 MiB for "
                            "parameters and 16 MiB for values, and cuda:0 has ",
                            free >> 20,
                            " of 8 MiB free: the largest "
                            "batch_size that fits is ",
                            largest)));
}

}  // namespace
}  // namespace tamp
