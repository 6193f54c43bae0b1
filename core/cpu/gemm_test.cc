#include "core/cpu/gemm.h"

#include <cstdint>
#include <vector>

#include "core/rng.h"
#include "gtest/gtest.h"
#include "tests/util/tensor_matchers.h"

namespace tamp {
namespace {

std::vector<float> Random(int64_t size, uint64_t key) {
  RandomStream random(key);
  std::vector<float> values(size);
  for (float& value : values) value = random.Uniform() - 0.5f;
  return values;
}

TEST(GemmTest, EqualsPlainLoops) {
  const Transpose kBoth[] = {Transpose::kNo, Transpose::kYes};
  const int64_t m = 5, n = 7, k = 11, pad = 3;
  for (const Transpose ta : kBoth) {
    for (const Transpose tb : kBoth) {
      const bool a_t = ta == Transpose::kYes, b_t = tb == Transpose::kYes;
      const int64_t lda = (a_t ? m : k) + pad, ldb = (b_t ? k : n) + pad;
      const std::vector<float> a = Random(lda * (a_t ? k : m), 1);
      const std::vector<float> b = Random(ldb * (b_t ? n : k), 2);
      std::vector<float> c = Random(m * (n + pad), 3), expected = c;
      for (int64_t i = 0; i < m; ++i) {
        for (int64_t j = 0; j < n; ++j) {
          double sum = 0;
          for (int64_t l = 0; l < k; ++l) {
            sum += double(a_t ? a[l * lda + i] : a[i * lda + l]) *
                   (b_t ? b[j * ldb + l] : b[l * ldb + j]);
          }
          float& element = expected[i * (n + pad) + j];
          element = static_cast<float>(2 * sum + 0.5 * element);
        }
      }
      Gemm(ta, tb, m, n, k, 2, a.data(), lda, b.data(), ldb, 0.5, c.data(),
           n + pad);
      EXPECT_TRUE(AllClose(c, expected, 16));
    }
  }
}

}  // namespace
}  // namespace tamp
