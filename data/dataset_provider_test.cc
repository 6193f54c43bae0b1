#include "data/dataset_provider.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/shape.h"
#include "data/batch_source.h"
#include "data/images/stored_png.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/util/read_batch.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

LayerParameter Parse(const std::string& text) {
  LayerParameter parameter;
  CHECK(google::protobuf::TextFormat::ParseFromString(
      "name: 'data' type: 'Data' " + text, &parameter))
      << text;
  return parameter;
}

std::vector<float> Labels(BatchSource* source, int64_t count) {
  return ReadBatch(source, count).labels;
}

TEST(DatasetProviderTest, OpensCifar10) {
  const std::string folder = EmptyFolder("provider_cifar");
  WriteCifar10(folder, 2, 5);
  const LayerParameter parameter =
      Parse("data_param { source: '" + folder +
            "' backend: CIFAR10 batch_size: 4 } "
            "transform_param { pad: 4 crop_size: 32 mirror: true }");
  DatasetProvider provider((DatasetProviderOptions()));
  ASSERT_OK_AND_ASSIGN(BatchSource * train, provider.Open(parameter, TRAIN));
  ASSERT_OK_AND_ASSIGN(BatchSource * test, provider.Open(parameter, TEST));
  EXPECT_EQ(train->num_samples(), 10);
  EXPECT_EQ(train->sample_shape(), Shape({3, 32, 32}));
  EXPECT_EQ(train->num_classes(), 10);
  EXPECT_EQ(test->num_samples(), 5);
  EXPECT_EQ(test->class_names()[9], "truck");
  EXPECT_THAT(Labels(test, 5), ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(test->sample_shape(), Shape({3, 32, 32}));
  ASSERT_EQ(provider.sources().size(), 2u);
  EXPECT_EQ(provider.sources()[1].layer_name, "data");
  EXPECT_EQ(provider.sources()[1].phase, TEST);
  EXPECT_EQ(provider.sources()[1].source.get(), test);
}

TEST(DatasetProviderTest, ExifOrientation) {
  const std::string folder = EmptyFolder("provider_exif");
  StoredPng png;
  png.width = 2;
  png.samples = {10, 20};
  // Tag 0x0112, a short, once: 8, the right side is the top.
  png.before_pixels =
      PngChunk("eXIf", absl::string_view("MM\0\x2A\0\0\0\x8\0\1\x1\x12\0\3"
                                         "\0\0\0\1\0\x8\0\0",
                                         22));
  WriteBytes(folder + "/train/a/x.png", png.Encode());
  const std::string data = "data_param { source: '" + folder +
                           "' backend: IMAGE_FOLDER num_classes: 1 ";
  const std::string gray = "} transform_param { force_gray: true }";
  for (const std::string memory : {"", "memory_budget_mib: 0 "}) {
    DatasetProvider provider((DatasetProviderOptions()));
    ASSERT_OK_AND_ASSIGN(BatchSource * stored,
                         provider.Open(Parse(data + memory + gray), TRAIN));
    EXPECT_EQ(stored->sample_shape(), Shape({1, 1, 2}));
    ASSERT_OK_AND_ASSIGN(
        BatchSource * turned,
        provider.Open(Parse(data + memory + "exif_orientation: true " + gray),
                      TRAIN));
    EXPECT_EQ(turned->sample_shape(), Shape({1, 2, 1}));
    EXPECT_THAT(ReadBatch(turned, 1).data, ElementsAre(20, 10));
  }
}

// What is written to standard error while both phases of a layer are opened.
std::string WarningOf(const std::string& folder, const std::string& transform) {
  LayerParameter parameter =
      Parse("data_param { source: '" + folder +
            "' backend: CIFAR10 } transform_param { " + transform + " }");
  parameter.set_location("net.prototxt:1:1");
  DatasetProvider provider((DatasetProviderOptions()));
  testing::internal::CaptureStderr();
  EXPECT_OK(provider.Open(parameter, TRAIN));
  EXPECT_OK(provider.Open(parameter, TEST));
  return testing::internal::GetCapturedStderr();
}

TEST(DatasetProviderTest, WarnsOfMeansInCaffesOrder) {
  const std::string folder = EmptyFolder("provider_colors");
  WriteCifar10(folder, 1, 1);
  const std::string means = "mean_value: [104, 117, 123] ";
  EXPECT_EQ(
      WarningOf(folder, means),
      "warning: net.prototxt:1:1: layer \"data\": the means 104, 117, 123 "
      "look like ImageNet's in Caffe's order, blue first, but images are "
      "read red first; say transform_param { color_order: BGR }, or RGB "
      "if that is right\n");
  EXPECT_EQ(WarningOf(folder, means + "color_order: BGR"), "");
  EXPECT_EQ(WarningOf(folder, means + "color_order: RGB"), "");
  EXPECT_EQ(WarningOf(folder, "mean_value: [124, 117, 104]"), "");
}

TEST(DatasetProviderTest, OpensOncePerLayer) {
  const std::string folder = EmptyFolder("provider_once");
  WriteCifar10(folder, 1, 3);
  LayerParameter parameter = Parse("data_param { source: '" + folder +
                                   "' backend: CIFAR10 batch_size: 4 }");
  DatasetProvider provider((DatasetProviderOptions()));
  ASSERT_OK_AND_ASSIGN(BatchSource * first, provider.Open(parameter, TEST));
  parameter.mutable_data_param()->set_batch_size(2);
  parameter.set_location("net.prototxt:1:1");
  ASSERT_OK_AND_ASSIGN(BatchSource * again, provider.Open(parameter, TEST));
  EXPECT_EQ(again, first);
  ASSERT_OK_AND_ASSIGN(BatchSource * train, provider.Open(parameter, TRAIN));
  EXPECT_NE(train, first);
  // A layer of the same name in another test net.
  parameter.mutable_data_param()->set_split(DataParameter::TRAIN);
  ASSERT_OK_AND_ASSIGN(BatchSource * other, provider.Open(parameter, TEST));
  EXPECT_NE(other, first);
  EXPECT_EQ(other->num_samples(), 5);
  EXPECT_EQ(provider.sources().size(), 3u);
}

TEST(DatasetProviderTest, RanksShareTheSamples) {
  const std::string folder = EmptyFolder("provider_ranks");
  WriteCifar10(folder, 1, 6);
  const LayerParameter parameter =
      Parse("data_param { source: '" + folder + "' backend: CIFAR10 }");
  DatasetProvider provider((DatasetProviderOptions()));
  ASSERT_OK_AND_ASSIGN(BatchSource * alone, provider.Open(parameter, TRAIN));
  const std::vector<float> all = Labels(alone, 6);
  for (int rank = 0; rank < 2; ++rank) {
    DatasetProviderOptions options;
    options.rank = {rank, 2};
    DatasetProvider one(options);
    ASSERT_OK_AND_ASSIGN(BatchSource * source, one.Open(parameter, TRAIN));
    EXPECT_EQ(source->num_samples(), alone->num_samples());
    EXPECT_THAT(Labels(source, 3),
                ElementsAre(all[rank], all[rank + 2], all[rank + 4]));
  }
}

TEST(DatasetProviderTest, FindsTheFolder) {
  const std::string base = EmptyFolder("provider_base");
  WriteCifar10(base + "/a", 1, 1);
  WriteCifar10(base + "/b", 1, 2);
  const LayerParameter parameter =
      Parse("data_param { source: 'a' backend: CIFAR10 }");
  DatasetProviderOptions options;
  options.base_dir = base;
  std::string prepared;
  options.prepare = [&](const DataParameter& data, const std::string& folder) {
    EXPECT_EQ(data.backend(), DataParameter::CIFAR10);
    prepared = folder;
    return absl::OkStatus();
  };
  ASSERT_OK_AND_ASSIGN(BatchSource * source,
                       DatasetProvider(options).Open(parameter, TEST));
  EXPECT_EQ(prepared, base + "/a");
  // The working folder's goes first.
  WriteCifar10(base + "/here/a", 1, 3);
  const std::filesystem::path before = std::filesystem::current_path();
  std::filesystem::current_path(base + "/here");
  ASSERT_OK_AND_ASSIGN(source, DatasetProvider(options).Open(parameter, TEST));
  EXPECT_EQ(prepared, "a");
  std::filesystem::current_path(before);
  options.data_dir = base + "/b";
  DatasetProvider b(options);
  ASSERT_OK_AND_ASSIGN(source, b.Open(parameter, TEST));
  EXPECT_EQ(source->num_samples(), 2);

  options.data_dir = base + "/c";
  options.prepare = nullptr;
  EXPECT_THAT(DatasetProvider(options).Open(parameter, TEST),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("no folder " + base + "/c"),
                             HasSubstr("--data_dir"))));
  options.prepare = [](const DataParameter&, const std::string&) {
    return absl::UnavailableError("no network");
  };
  EXPECT_THAT(DatasetProvider(options).Open(parameter, TEST),
              StatusIs(absl::StatusCode::kUnavailable, "no network"));
}

TEST(DatasetProviderTest, LooksBesideTheNetAndAbove) {
  const std::string root = std::filesystem::path(EmptyFolder("provider_named"))
                               .lexically_normal()
                               .string();
  WriteCifar10(root + "/project/net/a", 1, 1);
  WriteCifar10(root + "/project/b", 1, 2);
  WriteCifar10(root + "/other/net/a", 1, 3);
  DatasetProvider provider((DatasetProviderOptions()));
  const auto open = [&](const std::string& net, const std::string& source) {
    LayerParameter parameter =
        Parse("data_param { backend: CIFAR10 source: '" + source + "' }");
    parameter.set_location(root + net + ":7:1");
    return provider.Open(parameter, TEST);
  };
  ASSERT_OK_AND_ASSIGN(BatchSource * source, open("/project/net/x", "a"));
  EXPECT_EQ(source->num_samples(), 1);
  ASSERT_OK_AND_ASSIGN(source, open("/project/net/x", "b"));
  EXPECT_EQ(source->num_samples(), 2);
  // The same name in another net's file is another data set.
  ASSERT_OK_AND_ASSIGN(source, open("/other/net/x", "a"));
  EXPECT_EQ(source->num_samples(), 3);
  EXPECT_THAT(
      open("/project/net/x", "c"),
      StatusIs(absl::StatusCode::kNotFound,
               HasSubstr("no folder c with the data set; looked in the "
                         "working folder, " +
                         root + "/project/net and " + root + "/project; say")));

  LayerParameter means = Parse("transform_param { mean_file: 'm' }");
  means.set_location("net/x:7:1");
  EXPECT_THAT(provider.Open(means, TRAIN),
              StatusIs(absl::StatusCode::kNotFound,
                       "no mean_file m; looked in the working folder and net"));
  WriteBytes(root + "/project/net/m", "no image");
  means = Parse(
      "data_param { backend: CIFAR10 source: 'a' } "
      "transform_param { mean_file: 'm' }");
  means.set_location(root + "/project/net/x:7:1");
  EXPECT_THAT(provider.Open(means, TRAIN),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("mean_file " + root + "/project/net/m")));
}

TEST(DatasetProviderTest, OtherNetsHaveOtherMeans) {
  const std::string root = EmptyFolder("provider_means");
  WriteCifar10(root, 1, 1);
  DatasetProvider provider((DatasetProviderOptions()));
  for (const float mean : {1.0f, 2.0f}) {
    BlobProto blob;
    for (const int dim : {3, 32, 32}) blob.mutable_shape()->add_dim(dim);
    for (int i = 0; i < 3 * 32 * 32; ++i) blob.add_data(mean);
    const std::string folder = absl::StrCat(root, "/", mean);
    WriteBytes(folder + "/m", blob.SerializeAsString());
    LayerParameter parameter =
        Parse("data_param { backend: CIFAR10 source: '" + root +
              "' } transform_param { mean_file: 'm' }");
    parameter.set_location(folder + "/net:1:1");
    EXPECT_OK(provider.Open(parameter, TRAIN));
  }
  EXPECT_EQ(provider.sources().size(), 2u);
}

TEST(DatasetProviderTest, OpensIdxAndFolders) {
  const std::string idx = EmptyFolder("provider_idx");
  WriteBytes(idx + "/train-images-idx3-ubyte", IdxBytes({2, 1, 2}, "abcd"));
  WriteBytes(idx + "/train-labels-idx1-ubyte",
             IdxBytes({2}, absl::string_view("\x00\x01", 2)));
  DatasetProvider provider((DatasetProviderOptions()));
  ASSERT_OK_AND_ASSIGN(
      BatchSource * source,
      provider.Open(Parse("data_param { backend: IDX num_classes: 2 source: '" +
                          idx + "' }"),
                    TRAIN));
  EXPECT_EQ(source->sample_shape(), Shape({1, 1, 2}));
  EXPECT_EQ(source->num_classes(), 2);

  const std::string folder = EmptyFolder("provider_folder");
  for (const char* name : {"cat/1.png", "cat/2.png", "dog/3.png"}) {
    WriteBytes(absl::StrCat(folder, "/val/", name),
               EncodePng(RandomImage(3, 6, 8, 1).view()));
  }
  const std::string data =
      "data_param { backend: IMAGE_FOLDER source: '" + folder + "' split: VAL ";
  for (const char* budget : {"}", "memory_budget_mib: 0 }"}) {
    ASSERT_OK_AND_ASSIGN(
        source, provider.Open(Parse(data + budget +
                                    "transform_param { force_gray: true "
                                    "resize: 3 crop_size: 3 }"),
                              TEST));
    EXPECT_EQ(source->sample_shape(), Shape({1, 3, 3}));
    EXPECT_THAT(source->class_names(), ElementsAre("cat", "dog"));
    EXPECT_THAT(Labels(source, 3), ElementsAre(0, 0, 1));
  }
}

TEST(DatasetProviderTest, SplitOfTheOptionsGoesFirst) {
  const std::string folder = EmptyFolder("provider_split");
  for (const char* name : {"train", "val", "test"}) {
    WriteBytes(absl::StrCat(folder, "/", name, "/cat/1.png"),
               EncodePng(RandomImage(3, 2, 2, 1).view()));
  }
  const std::string data = "backend: IMAGE_FOLDER source: '" + folder + "'";
  const LayerParameter plain = Parse("data_param { " + data + " }");
  const LayerParameter val = Parse("data_param { " + data + " split: VAL }");
  DatasetProvider provider((DatasetProviderOptions()));
  ASSERT_OK_AND_ASSIGN(BatchSource * source, provider.Open(plain, TRAIN));
  EXPECT_EQ(source->location(), folder + "/train");
  ASSERT_OK_AND_ASSIGN(source, provider.Open(plain, TEST));
  EXPECT_EQ(source->location(), folder + "/val");
  EXPECT_THAT(source->Describe(),
              ElementsAre(folder + "/val: 1 image of 1 class: cat"));
  DatasetProviderOptions options;
  options.split = DataParameter::TEST;
  DatasetProvider test(options);
  ASSERT_OK_AND_ASSIGN(source, test.Open(val, TEST));
  EXPECT_EQ(source->location(), folder + "/test");
}

TEST(DatasetProviderTest, OpensCifar100) {
  const std::string folder = EmptyFolder("provider_cifar100");
  const std::string record = "\x13\x63" + std::string(3072, 'x');
  WriteBytes(folder + "/test.bin", record);
  const std::string data = "backend: CIFAR100 source: '" + folder + "'";
  DatasetProvider provider((DatasetProviderOptions()));
  ASSERT_OK_AND_ASSIGN(
      BatchSource * source,
      provider.Open(Parse("data_param { " + data + " }"), TEST));
  EXPECT_EQ(source->num_classes(), 100);
  EXPECT_THAT(Labels(source, 1), ElementsAre(99));
  ASSERT_OK_AND_ASSIGN(
      source,
      provider.Open(
          Parse("data_param { cifar100_labels: COARSE " + data + " }"), TEST));
  EXPECT_EQ(source->num_classes(), 20);
  EXPECT_THAT(Labels(source, 1), ElementsAre(19));
}

TEST(DatasetProviderTest, SaysWhatIsWrong) {
  const std::string folder = EmptyFolder("provider_wrong");
  WriteCifar10(folder, 1, 1);
  const std::string cifar = "source: '" + folder + "' backend: CIFAR10 ";
  struct {
    std::string text;
    const char* message;
  } cases[] = {
      {"", "data_param.source does not say"},
      {"data_param { source: '" + folder + "' }",
       "backend LEVELDB, the default, cannot be read; there are CIFAR10, "
       "CIFAR100, IDX and IMAGE_FOLDER"},
      {"data_param { on_unreadable: SKIP source: '" + folder + "' }",
       "backend LEVELDB, the default, cannot be read"},
      {"data_param { backend: LMDB source: '" + folder + "' }",
       "backend LMDB cannot be read"},
      {"data_param { " + cifar + "num_classes: 100 }",
       "data_param.num_classes is 100, the data set has 10"},
      {"data_param { " + cifar + "num_classes: 0 }",
       "data_param.num_classes is 0, it must be 1 to 16777216"},
      {"data_param { " + cifar + "prefetch: 0 }",
       "data_param.prefetch is 0, it must be 1 to 1024"},
      {"data_param { backend: IMAGE_FOLDER memory_budget_mib: -1 source: '" +
           folder + "' }",
       "memory_budget_mib is -1"},
      {"data_param { " + cifar + "cifar100_labels: FINE }",
       "data_param.cifar100_labels is for backend CIFAR100, this one is "
       "CIFAR10"},
      {"data_param { " + cifar + "on_unreadable: SKIP }",
       "on_unreadable: SKIP is for backend IMAGE_FOLDER, this one is CIFAR10"},
      {"data_param { " + cifar + "split: VAL }",
       "CIFAR-10 has no validation set"},
      {"data_param { " + cifar + "} transform_param { force_gray: true }",
       "the images have 3 channels"},
      {"data_param { " + cifar + "} transform_param { mean_value: [1, 2] }",
       "mean_value is given 2 times"},
      {"data_param { " + cifar + "} transform_param { crop_size: 33 }",
       "fewer than crop_size 33"},
      {"data_param { " + cifar + "} transform_param { pad: 5000 }",
       "transform_param.pad is 5000"},
  };
  DatasetProvider provider((DatasetProviderOptions()));
  for (const auto& bad : cases) {
    EXPECT_THAT(
        provider.Open(Parse(bad.text), TRAIN),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(bad.message)));
  }
  EXPECT_TRUE(provider.sources().empty());
}

}  // namespace
}  // namespace tamp
