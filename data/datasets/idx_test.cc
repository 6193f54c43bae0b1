#include "data/datasets/idx.h"

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "core/files/read_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::HasSubstr;

const std::string kImages = IdxBytes({2, 2, 3}, "abcdefghijkl");
const std::string kLabels = IdxBytes({2}, "\x03\x09");

// The folder's test split, plain.
std::string WriteTestSplit(const std::string& images,
                           const std::string& labels) {
  const std::string folder = EmptyFolder("idx");
  WriteBytes(folder + "/t10k-images-idx3-ubyte", images);
  WriteBytes(folder + "/t10k-labels-idx1-ubyte", labels);
  return folder;
}

TEST(IdxTest, ReadsPlainAndGzip) {
  const std::string folder = WriteTestSplit(kImages, kLabels);
  WriteGzip(folder + "/train-images-idx3-ubyte.gz", kImages);
  WriteGzip(folder + "/train-labels-idx1-ubyte.gz", kLabels);
  for (const auto split : {std::make_optional(DataParameter::TRAIN),
                           std::make_optional(DataParameter::TEST),
                           std::optional<DataParameter::Split>()}) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> dataset,
                         OpenIdx(folder, split, 10));
    EXPECT_EQ(dataset->size(), 2);
    EXPECT_EQ(dataset->num_classes(), 10);
    EXPECT_EQ(dataset->channels(), 1);
    EXPECT_EQ(dataset->image_size(0), (ImageSize{2, 3}));
    EXPECT_EQ(dataset->label(0), 3);
    EXPECT_EQ(dataset->label(1), 9);
    ASSERT_OK_AND_ASSIGN(const ImageView image, dataset->Get(1, nullptr));
    EXPECT_EQ(image.row(0, 0)[0], 'g');
    EXPECT_EQ(image.row(0, 1)[2], 'l');
  }
}

TEST(IdxTest, HasNoValidationSet) {
  const std::string folder = WriteTestSplit(kImages, kLabels);
  EXPECT_THAT(OpenIdx(folder, DataParameter::VAL, 10),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("the MNIST family has no validation set")));
}

TEST(IdxTest, MissingFile) {
  EXPECT_THAT(OpenIdx(EmptyFolder("idx_none"), DataParameter::TRAIN, 10),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("/train-images-idx3-ubyte or "
                                 "train-images-idx3-ubyte.gz")));
}

// Each once, where it comes first: whether they are wrong or mean "none" is for
// those to say who use them.
TEST(IdxTest, ListsLabelsThatAreNoClass) {
  const std::string folder = WriteTestSplit(
      IdxBytes({6, 1, 1}, "abcdef"), IdxBytes({6}, "\x03\xff\x09\x08\xff\x09"));
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> dataset,
                       OpenIdx(folder, DataParameter::TEST, 9));
  EXPECT_EQ(dataset->num_classes(), 9);
  EXPECT_EQ(dataset->label(1), 255);
  const std::string file = folder + "/t10k-labels-idx1-ubyte";
  ASSERT_EQ(dataset->outside_labels().size(), 2);
  EXPECT_EQ(dataset->outside_labels()[0].label, 255);
  EXPECT_EQ(dataset->outside_labels()[0].place, file + ": sample 1");
  EXPECT_EQ(dataset->outside_labels()[1].label, 9);
  EXPECT_EQ(dataset->outside_labels()[1].place, file + ": sample 2");
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> all,
                       OpenIdx(folder, DataParameter::TEST, 256));
  EXPECT_TRUE(all->outside_labels().empty());
}

TEST(IdxTest, RefusesAnotherNumberOfLabels) {
  const std::string folder =
      WriteTestSplit(kImages, IdxBytes({3}, "\x01\x02\x03"));
  EXPECT_THAT(OpenIdx(folder, DataParameter::TEST, 10),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("3 labels for 2 images")));
}

TEST(IdxTest, RefusesNumbersOfClasses) {
  const std::string folder = WriteTestSplit(kImages, kLabels);
  for (const int num_classes : {-1, 0, 257}) {
    EXPECT_THAT(OpenIdx(folder, DataParameter::TEST, num_classes),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("it must be 1 to 256")));
  }
  EXPECT_OK(OpenIdx(folder, DataParameter::TEST, 256));
}

TEST(IdxTest, RefusesDamage) {
  const std::string huge = IdxBytes({4000000000u, 16000, 16000}, "");
  const std::string no_images = IdxBytes({0, 2, 3}, "");
  const std::string wide = IdxBytes({1, 1, 100000}, "");
  struct {
    std::string images;
    const char* message;
  } cases[] = {
      {"", "ends 4 bytes too early"},
      {kImages.substr(0, 9), "too early"},
      {kImages.substr(0, kImages.size() - 1), "ends 1 bytes too early"},
      {kImages + "x", "goes on after the 12 elements"},
      {kLabels, "is no IDX file of bytes with 3 axes"},
      {"\x89PNG....", "is no IDX file"},
      {huge, "has an axis of 16000 elements"},
      {IdxBytes({100, 100, 100}, "x"), "claims 1000000 elements, more than 17"},
      {no_images, "has an axis of 0 elements"},
      {wide, "has an axis of 100000 elements"},
  };
  for (const auto& bad : cases) {
    const std::string folder = WriteTestSplit(bad.images, kLabels);
    EXPECT_THAT(OpenIdx(folder, DataParameter::TEST, 10),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("t10k-images-idx3-ubyte"),
                               HasSubstr(bad.message))));
  }
}

TEST(IdxTest, RefusesDamagedGzip) {
  const std::string folder = EmptyFolder("idx_gzip");
  const std::string path = folder + "/t10k-images-idx3-ubyte.gz";
  WriteGzip(folder + "/t10k-labels-idx1-ubyte.gz", kLabels);
  WriteGzip(path, kImages);
  ASSERT_OK(OpenIdx(folder, DataParameter::TEST, 10));
  ASSERT_OK_AND_ASSIGN(const std::string good, ReadFile(path, 1 << 20));
  // Without the checksum; with a wrong one; cut off in the middle.
  std::string wrong_checksum = good;
  wrong_checksum[good.size() - 6] ^= 1;
  for (const std::string& bad :
       {good.substr(0, good.size() - 8), wrong_checksum, good.substr(0, 20)}) {
    WriteBytes(path, bad);
    EXPECT_THAT(OpenIdx(folder, DataParameter::TEST, 10),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(path)));
  }
}

}  // namespace
}  // namespace tamp
