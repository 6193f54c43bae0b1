#include "core/cuda/cudnn/cudnn_version.h"

#include <cudnn.h>

#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::HasSubstr;

TEST(CheckCudnnVersionTest, TakesVersionNineFromTheFirstThatWillDo) {
  EXPECT_OK(CheckCudnnVersion(90800));
  EXPECT_OK(CheckCudnnVersion(91900));
  EXPECT_OK(CheckCudnnVersion(CUDNN_VERSION));
}

TEST(CheckCudnnVersionTest, SaysWhatIsThereAndWhatIsNeeded) {
  EXPECT_THAT(CheckCudnnVersion(90701),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("found cuDNN 9.7, but Tamp needs version 9, "
                                 "from 9.8 on")));
  EXPECT_THAT(CheckCudnnVersion(100000),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("found cuDNN 10.0")));
  EXPECT_THAT(CheckCudnnVersion(8907),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("found cuDNN 8.9")));
}

}  // namespace
}  // namespace tamp
