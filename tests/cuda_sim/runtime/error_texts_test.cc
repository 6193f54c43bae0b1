// The stand-in calls errors what NVIDIA's library calls them.

#include "tests/cuda_sim/runtime/error_texts.h"

#include <cuda_runtime_api.h>

#include "gtest/gtest.h"

namespace tamp {
namespace cuda_sim {
namespace {

TEST(ErrorTextsTest, AreNvidias) {
  int count = 0;
  for (int error = 0; error < 1000; ++error) {
    const ErrorText* text = FindErrorText(error);
    if (text == nullptr) continue;
    ++count;
    const auto theirs = static_cast<cudaError_t>(error);
    EXPECT_STREQ(text->name, cudaGetErrorName(theirs));
    EXPECT_STREQ(text->text, cudaGetErrorString(theirs));
  }
  EXPECT_GT(count, 15);
}

}  // namespace
}  // namespace cuda_sim
}  // namespace tamp
