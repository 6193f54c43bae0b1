#include "data/datasets/describe_dataset.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "data/datasets/memory_dataset.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tamp {
namespace {

using testing::EndsWith;
using testing::StartsWith;

// Images of one pixel, so many of each class.
std::string Describe(const std::vector<int>& counts,
                     const std::vector<std::string>& names) {
  MemoryImages images;
  images.location = "d/train";
  images.height = images.width = 1;
  for (size_t label = 0; label < counts.size(); ++label) {
    images.labels.insert(images.labels.end(), counts[label], label);
  }
  images.pixels.resize(images.labels.size());
  images.num_classes = counts.size();
  images.class_names = names;
  const std::vector<std::string> lines = DescribeDataset(MemoryDataset(images));
  EXPECT_EQ(lines.size(), 1u);
  return lines[0];
}

TEST(DescribeDatasetTest, CountsAndNamesClasses) {
  EXPECT_EQ(Describe({2, 2}, {"cat", "dog"}),
            "d/train: 4 images of 2 classes, 2 each: cat, dog");
  EXPECT_EQ(Describe({2, 0, 1}, {"cat", "dog", "emu"}),
            "d/train: 3 images of 3 classes, 0 to 2 each: cat 2, dog 0, emu 1");
  EXPECT_EQ(Describe({1}, {"cat"}), "d/train: 1 image of 1 class: cat");
}

TEST(DescribeDatasetTest, WithoutNames) {
  EXPECT_EQ(Describe({3, 3, 3}, {}), "d/train: 9 images of 3 classes, 3 each");
  EXPECT_EQ(Describe({3, 1}, {}),
            "d/train: 4 images of 2 classes, 1 to 3 each: 0 3, 1 1");
}

TEST(DescribeDatasetTest, CountsLabelsThatAreNoClass) {
  MemoryImages images;
  images.location = "d/train";
  images.height = images.width = 1;
  images.labels = {0, 255, 1, 1, 255, 9, 0};
  images.pixels.resize(7);
  images.num_classes = 2;
  images.outside_labels = {{255, "sample 1"}, {9, "sample 5"}};
  EXPECT_EQ(DescribeDataset(MemoryDataset(images))[0],
            "d/train: 7 images of 2 classes, 2 each; 3 images have labels that "
            "are no class: 255, 9");
  images.labels = {0, 255, 1, 1, 0, 1, 0};
  images.outside_labels = {{255, "sample 1"}};
  EXPECT_EQ(DescribeDataset(MemoryDataset(images))[0],
            "d/train: 7 images of 2 classes, 3 each; 1 image has a label that "
            "is no class: 255");
}

TEST(DescribeDatasetTest, ShortensManyClassesAndLongNames) {
  std::vector<std::string> names;
  for (int i = 0; i < 200; ++i) names.push_back(absl::StrCat("class", i));
  const std::string line = Describe(std::vector<int>(200, 1), names);
  EXPECT_THAT(line, StartsWith("d/train: 200 images of 200 classes, 1 each: "
                               "class0, class1, class2, class3, "));
  EXPECT_THAT(line, EndsWith(", ... class199"));
  EXPECT_LT(line.size(), 250u);
  EXPECT_EQ(Describe({1, 1}, {std::string(81, 'x'), "two\nlines\033[1m"}),
            "d/train: 2 images of 2 classes, 1 each: " + std::string(80, 'x') +
                "..., two\\nlines\\033[1m");
  // A letter of two bytes is not cut in half.
  EXPECT_EQ(Describe({1}, {std::string(79, 'x') + "\xC3\xA9z"}),
            "d/train: 1 image of 1 class: " + std::string(79, 'x') + "...");
}

}  // namespace
}  // namespace tamp
