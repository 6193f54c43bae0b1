#include "tools/reports/peak_memory.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace tamp {
namespace {

TEST(PeakMemoryTest, GrowsWithWhatIsUsedAndStays) {
  constexpr int64_t kBytes = 64 << 20;
  const int64_t before = PeakResidentBytes();
  EXPECT_GT(before, 0);
  {
    const std::vector<char> used(kBytes, 1);
    // A compiler that knows what is read (GCC 16 does) takes no memory for it.
    const volatile char* read = used.data();
    EXPECT_EQ(read[kBytes / 2], 1);
  }
  const int64_t after = PeakResidentBytes();
  // Half of it: the memory in use before may have fallen below its peak.
  EXPECT_GT(after, before + kBytes / 2);
  EXPECT_LT(after, before + 4 * kBytes);
}

}  // namespace
}  // namespace tamp
