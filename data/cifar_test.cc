#include "data/cifar.h"

#include <filesystem>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "data/test_files.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(CifarTest, ReadsBothSplits) {
  const std::string folder = EmptyFolder("cifar");
  WriteCifar10(folder, 3, 4);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> train,
                       OpenCifar10(folder, DataParameter::TRAIN));
  EXPECT_EQ(train->size(), 15);
  EXPECT_EQ(train->num_classes(), 10);
  EXPECT_EQ(train->class_names()[3], "cat");
  EXPECT_EQ(train->channels(), 3);
  EXPECT_EQ(train->image_size(14), (ImageSize{32, 32}));
  EXPECT_EQ(train->label(7), 1);
  ASSERT_OK_AND_ASSIGN(const ImageView image, train->Get(7, nullptr));
  EXPECT_EQ(image.channels, 3);
  EXPECT_EQ(image.row(0, 0)[0], 7);
  EXPECT_EQ(image.row(2, 31)[31], 7);

  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> test,
                       OpenCifar10(folder, DataParameter::TEST));
  EXPECT_EQ(test->size(), 4);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> val,
                       OpenCifar10(folder, DataParameter::VAL));
  EXPECT_EQ(val->size(), 4);
}

TEST(CifarTest, KeepsPlanesApart) {
  const std::string folder = EmptyFolder("cifar_planes");
  std::string record = "\x09";
  record += std::string(1024, 'r') + std::string(1024, 'g') +
            std::string(1023, 'b') + "B";
  WriteBytes(folder + "/test_batch.bin", record);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> test,
                       OpenCifar10(folder, DataParameter::TEST));
  ASSERT_OK_AND_ASSIGN(const ImageView image, test->Get(0, nullptr));
  EXPECT_EQ(test->label(0), 9);
  EXPECT_EQ(image.row(0, 31)[31], 'r');
  EXPECT_EQ(image.row(1, 0)[0], 'g');
  EXPECT_EQ(image.row(2, 0)[0], 'b');
  EXPECT_EQ(image.row(2, 31)[31], 'B');
}

TEST(CifarTest, FindsThePublishersFolder) {
  const std::string folder = EmptyFolder("cifar_outer");
  EXPECT_FALSE(HasCifar10(folder));
  WriteCifar10(folder + "/cifar-10-batches-bin", 1, 1);
  EXPECT_TRUE(HasCifar10(folder));
  EXPECT_OK(OpenCifar10(folder, DataParameter::TRAIN));
  std::filesystem::remove(folder + "/cifar-10-batches-bin/data_batch_4.bin");
  EXPECT_FALSE(HasCifar10(folder));
  EXPECT_THAT(OpenCifar10(folder, DataParameter::TRAIN),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("no file " + folder +
                                 "/cifar-10-batches-bin/data_batch_4.bin")));
  EXPECT_OK(OpenCifar10(folder, DataParameter::TEST));
}

TEST(CifarTest, RefusesDamage) {
  const std::string folder = EmptyFolder("cifar_damage");
  const std::string path = folder + "/test_batch.bin";
  WriteBytes(path, CifarRecords({1, 10}));
  EXPECT_THAT(OpenCifar10(folder, DataParameter::TEST),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(path), HasSubstr("record 1"),
                             HasSubstr("label 10, labels are 0 to 9"))));
  for (const int bytes : {0, 1, 3072, 3074}) {
    WriteBytes(path, CifarRecords({1, 2}).substr(0, bytes));
    EXPECT_THAT(OpenCifar10(folder, DataParameter::TEST),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(path), HasSubstr("truncated"))));
  }
}

}  // namespace
}  // namespace tamp
