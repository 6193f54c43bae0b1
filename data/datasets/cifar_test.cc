#include "data/datasets/cifar.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "data/datasets/cifar_names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

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
  EXPECT_EQ(train->location(),
            folder + "/data_batch_1.bin to data_batch_5.bin");
  EXPECT_EQ(test->location(), folder + "/test_batch.bin");
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> without_split,
                       OpenCifar10(folder, std::nullopt));
  EXPECT_EQ(without_split->size(), 4);
  EXPECT_THAT(
      OpenCifar10(folder, DataParameter::VAL),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("split is VAL, but CIFAR-10 has no validation set")));
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

// Records of CIFAR-100 of one color each.
std::string Cifar100Records(const std::vector<std::pair<int, int>>& labels) {
  std::string bytes;
  for (const auto& [coarse, fine] : labels) {
    bytes += {static_cast<char>(coarse), static_cast<char>(fine)};
    bytes.append(3071, static_cast<char>(fine));
    bytes += "E";
  }
  return bytes;
}

TEST(Cifar100Test, ReadsFineAndCoarseLabels) {
  const std::string folder = EmptyFolder("cifar100");
  EXPECT_FALSE(HasCifar100(folder));
  const std::string files = folder + "/cifar-100-binary";
  WriteBytes(files + "/train.bin",
             Cifar100Records({{11, 19}, {0, 55}, {19, 99}}));
  WriteBytes(files + "/test.bin", Cifar100Records({{4, 0}}));
  EXPECT_TRUE(HasCifar100(folder));
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<Dataset> fine,
      OpenCifar100(folder, DataParameter::TRAIN, DataParameter::FINE));
  EXPECT_EQ(fine->location(), files + "/train.bin");
  ASSERT_EQ(fine->size(), 3);
  EXPECT_EQ(fine->num_classes(), 100);
  EXPECT_EQ(fine->label(0), 19);
  EXPECT_EQ(fine->class_names()[19], "cattle");
  EXPECT_EQ(fine->label(2), 99);
  ASSERT_OK_AND_ASSIGN(const ImageView image, fine->Get(1, nullptr));
  EXPECT_EQ(image.row(0, 0)[0], 55);
  EXPECT_EQ(image.row(2, 31)[31], 'E');

  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<Dataset> coarse,
      OpenCifar100(folder, DataParameter::TRAIN, DataParameter::COARSE));
  EXPECT_EQ(coarse->num_classes(), 20);
  EXPECT_EQ(coarse->label(0), 11);
  EXPECT_EQ(coarse->class_names()[11], "large_omnivores_and_herbivores");
  for (const auto split : {std::make_optional(DataParameter::TEST),
                           std::optional<DataParameter::Split>()}) {
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> test,
                         OpenCifar100(folder, split, DataParameter::COARSE));
    EXPECT_EQ(test->size(), 1);
    EXPECT_EQ(test->label(0), 4);
  }
  EXPECT_THAT(OpenCifar100(folder, DataParameter::VAL, DataParameter::FINE),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("CIFAR-100 has no validation set")));
}

TEST(Cifar100Test, TakesNamesFromTheFiles) {
  const std::string folder = EmptyFolder("cifar100_names");
  WriteBytes(folder + "/test.bin", Cifar100Records({{4, 0}}));
  std::string names;
  for (int i = 0; i < 20; ++i) names += absl::StrCat("group ", i, "\r\n");
  WriteBytes(folder + "/coarse_label_names.txt", names + "\n");
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<Dataset> test,
      OpenCifar100(folder, DataParameter::TEST, DataParameter::COARSE));
  EXPECT_EQ(test->class_names()[19], "group 19");
  WriteBytes(folder + "/fine_label_names.txt", names);
  EXPECT_THAT(OpenCifar100(folder, DataParameter::TEST, DataParameter::FINE),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("fine_label_names.txt holds 20 different "
                                 "names in 20 lines, there are 100 classes")));
}

// The publisher numbers both kinds in the order of the alphabet.
TEST(Cifar100Test, KnowsTheNames) {
  const std::vector<std::string> fine = Cifar100Names(DataParameter::FINE);
  const std::vector<std::string> coarse = Cifar100Names(DataParameter::COARSE);
  EXPECT_EQ(fine.size(), 100u);
  EXPECT_EQ(coarse.size(), 20u);
  for (const auto& names : {fine, coarse}) {
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(),
              names.size());
  }
  EXPECT_EQ(fine[0], "apple");
  EXPECT_EQ(fine[99], "worm");
}

TEST(Cifar100Test, RefusesDamage) {
  const std::string folder = EmptyFolder("cifar100_damage");
  const std::string path = folder + "/test.bin";
  const auto open = [&](DataParameter::Cifar100Labels labels) {
    return OpenCifar100(folder, DataParameter::TEST, labels).status();
  };
  for (const auto labels : {DataParameter::FINE, DataParameter::COARSE}) {
    WriteBytes(path, Cifar100Records({{0, 0}, {20, 0}}));
    EXPECT_THAT(open(labels),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("record 1 has label 20, labels are 0 to "
                                   "19")));
    WriteBytes(path, Cifar100Records({{0, 100}}));
    EXPECT_THAT(open(labels),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("label 100, labels are 0 to 99")));
    WriteBytes(path, Cifar100Records({{0, 0}}).substr(1));
    EXPECT_THAT(open(labels), StatusIs(absl::StatusCode::kInvalidArgument,
                                       HasSubstr("records of 3074 bytes")));
    std::filesystem::remove(path);
    EXPECT_THAT(open(labels), StatusIs(absl::StatusCode::kNotFound,
                                       HasSubstr("no file " + path)));
  }
}

TEST(Cifar100Test, TellsTheTwoApart) {
  const std::string hundred = EmptyFolder("cifar100_only");
  WriteBytes(hundred + "/train.bin", Cifar100Records({{0, 0}}));
  WriteBytes(hundred + "/test.bin", Cifar100Records({{0, 0}}));
  EXPECT_THAT(OpenCifar10(hundred, DataParameter::TRAIN),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       hundred + " holds CIFAR-100, not CIFAR-10; to train on "
                                 "it use backend: CIFAR100"));
  const std::string ten = EmptyFolder("cifar10_only");
  WriteCifar10(ten + "/cifar-10-batches-bin", 1, 1);
  EXPECT_THAT(OpenCifar100(ten, DataParameter::TEST, DataParameter::FINE),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       ten + " holds CIFAR-10, not CIFAR-100; to train on it "
                             "use backend: CIFAR10"));
}

}  // namespace
}  // namespace tamp
