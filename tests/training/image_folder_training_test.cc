// Trainings on folders of images: what they say of the data, images that cannot
// be read, and classes that change their names.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "core/check.h"
#include "data/dataset_provider.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "solvers/state/snapshot_series.h"
#include "solvers/training/train.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr char kDataLayer[] = R"(
  layer { name: "data" type: "Data" top: "data" top: "label"
          include { phase: $phase }
          data_param { backend: IMAGE_FOLDER batch_size: 4 source: "$source"
            $options }
          transform_param { scale: 0.01 mean_value: 120 } }
)";

constexpr char kLayers[] = R"(
  layer { name: "hidden" type: "InnerProduct" bottom: "data" top: "hidden"
          inner_product_param { num_output: 4
            weight_filler { type: "xavier" } } }
  layer { name: "fc" type: "InnerProduct" bottom: "hidden" top: "fc"
          inner_product_param { num_output: $classes
            weight_filler { type: "xavier" } } }
  layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label"
          top: "loss" }
  layer { name: "accuracy" type: "Accuracy" bottom: "fc" bottom: "label"
          top: "accuracy" }
)";

class ImageFolderTrainingTest : public testing::Test {
 protected:
  ImageFolderTrainingTest()
      : folder_(EmptyFolder(
            testing::UnitTest::GetInstance()->current_test_info()->name())) {
    for (const char* split : {"train", "val", "test"}) {
      for (const char* name : {"cat", "dog"}) AddImages(split, name);
    }
  }

  // Five images of a class.
  void AddImages(const std::string& split, const std::string& name) {
    for (int i = 0; i < 5; ++i) {
      const Image image = RandomImage(3, 4, 4, split.size() + 10 * i);
      WriteBytes(Path(absl::StrCat(split, "/", name, "/", i, ".png")),
                 EncodePng(image.view()));
    }
  }

  std::string Path(const std::string& name) const {
    return absl::StrCat(folder_, "/", name);
  }

  // Its header stays whole.
  void Damage(const std::string& name) {
    std::filesystem::resize_file(Path(name),
                                 std::filesystem::file_size(Path(name)) - 30);
  }

  static std::string DataLayer(const char* phase, const std::string& source,
                               const std::string& options) {
    return absl::StrReplaceAll(
        kDataLayer,
        {{"$phase", phase}, {"$source", source}, {"$options", options}});
  }

  // With more options of the data and of the solver.
  absl::StatusOr<bool> Run(const std::string& data, const std::string& solver,
                           int num_classes = 2) {
    SolverParameter parameter;
    CHECK(google::protobuf::TextFormat::ParseFromString(
        absl::StrCat(
            "net_param { name: 'n' ", DataLayer("TRAIN", folder_, data),
            DataLayer("TEST", test_folder_, data),
            absl::StrReplaceAll(kLayers,
                                {{"$classes", absl::StrCat(num_classes)}}),
            "} base_lr: 0.01 lr_policy: 'fixed' momentum: 0.9 ",
            "test_interval_epochs: 1 test_initialization: false ", solver),
        &parameter));
    parameter.set_snapshot_prefix(Path("s"));
    DatasetProvider provider((DatasetProviderOptions()));
    options_.solver.backend = backend_;
    options_.solver.batch_sources = &provider;
    options_.metrics = Path("m.jsonl");
    options_.results = std::tmpfile();
    options_.moments = std::tmpfile();
    const absl::StatusOr<bool> is_done = Train(parameter, options_);
    notices_ = Lines(options_.moments);
    std::fclose(options_.results);
    std::fclose(options_.moments);
    return is_done;
  }

  static std::vector<std::string> Lines(std::FILE* file) {
    std::rewind(file);
    std::string text;
    for (int c; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
    return absl::StrSplit(text, '\n', absl::SkipEmpty());
  }

  // The records of tests.
  std::vector<std::string> Tests() const {
    std::ifstream file(Path("m.jsonl"));
    std::vector<std::string> tests;
    for (std::string line; std::getline(file, line);) {
      if (absl::StrContains(line, "\"test\"")) tests.push_back(line);
    }
    return tests;
  }

  int NumNotices(const std::string& part) const {
    return std::count_if(
        notices_.begin(), notices_.end(),
        [&](const std::string& line) { return absl::StrContains(line, part); });
  }

  const std::string folder_;
  std::string test_folder_ = folder_;
  const Backend backend_ = TestBackend();
  TrainOptions options_;
  std::vector<std::string> notices_;
};

TEST_F(ImageFolderTrainingTest, SaysWhatItReads) {
  WriteBytes(Path("train/cat/x.bmp"), "");
  ASSERT_OK(Run("", "max_epoch: 1"));
  EXPECT_THAT(notices_, Contains("train data: " +
                                 Path("train: 10 images of 2 classes, ") +
                                 "5 each: cat, dog"));
  EXPECT_THAT(notices_, Contains(HasSubstr("passed over: 1 .bmp (cat/x.bmp)")));
  EXPECT_THAT(notices_, Contains(StartsWith("test data: " + Path("val: 10"))));
  EXPECT_EQ(NumNotices("skipped"), 0);
}

TEST_F(ImageFolderTrainingTest, UnreadableImageStopsByDefault) {
  Damage("train/cat/3.png");
  EXPECT_THAT(Run("memory_budget_mib: 0", "max_epoch: 1"),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(Path("train/cat/3.png")),
                             HasSubstr("go on without it with "
                                       "data_param.on_unreadable: SKIP"))));
}

TEST_F(ImageFolderTrainingTest, SkippedImagesAreNamedOnceAndCounted) {
  Damage("train/cat/3.png");
  Damage("train/dog/1.png");
  for (const bool in_memory : {true, false}) {
    ASSERT_OK(Run(in_memory ? "on_unreadable: SKIP"
                            : "on_unreadable: SKIP memory_budget_mib: 0",
                  "max_epoch: 4"));
    EXPECT_EQ(NumNotices("2 of 10 images cannot be read and are skipped:"),
              in_memory);
    EXPECT_EQ(NumNotices(Path("train/cat/3.png")), 1);
    EXPECT_EQ(NumNotices(Path("train/dog/1.png")), 1);
    EXPECT_EQ(notices_.back(),
              Path("train: 2 images were skipped as unreadable"));
  }
}

// The means are those of the other images.
TEST_F(ImageFolderTrainingTest, SkippedImagesDoNotCountInTests) {
  const std::string skip = "on_unreadable: SKIP memory_budget_mib: 0";
  const std::string whole = Path("val/dog/0.png");
  std::filesystem::rename(whole, Path("kept.png"));
  ASSERT_OK(Run(skip, "max_epoch: 2"));
  const std::vector<std::string> expected = Tests();
  EXPECT_THAT(expected, AllOf(SizeIs(2), Each(HasSubstr("\"samples\":9"))));
  std::filesystem::rename(Path("kept.png"), whole);
  Damage("val/dog/0.png");
  for (const std::string& data : {skip, std::string("on_unreadable: SKIP")}) {
    ASSERT_OK(Run(data, "max_epoch: 2"));
    EXPECT_EQ(Tests(), expected);
    EXPECT_EQ(NumNotices(whole), 1);
    EXPECT_EQ(notices_.back(), Path("val: 1 image was skipped as unreadable"));
  }
}

// Whatever an image was when a training began: its number stays.
TEST_F(ImageFolderTrainingTest, GoesOnWithoutAnImageThatWasDamaged) {
  ASSERT_OK(Run("memory_budget_mib: 0", "max_iter: 5"));
  Damage("train/cat/3.png");
  options_.resume = true;
  EXPECT_FALSE(Run("", "max_iter: 20").ok());
  ASSERT_OK(Run("on_unreadable: SKIP", "max_iter: 20"));
  EXPECT_EQ(NumNotices("going on from " + SnapshotPath(Path("s"), 5)), 1);
  const std::vector<std::string> in_memory = Tests();
  // When it was found makes no difference.
  std::filesystem::remove(SnapshotPath(Path("s"), 20));
  ASSERT_OK(Run("on_unreadable: SKIP memory_budget_mib: 0", "max_iter: 20"));
  EXPECT_EQ(Tests().back(), in_memory.back());
}

TEST_F(ImageFolderTrainingTest, RenamedClassIsRefused) {
  ASSERT_OK(Run("", "max_iter: 5"));
  for (const char* split : {"train", "val", "test"}) {
    std::filesystem::rename(Path(absl::StrCat(split, "/cat")),
                            Path(absl::StrCat(split, "/wildcat")));
  }
  const std::string snapshot = SnapshotPath(Path("s"), 5);
  options_.resume = true;
  EXPECT_THAT(Run("", "max_iter: 6"),
              StatusIs(StatusCode::kFailedPrecondition,
                       AllOf(StartsWith(snapshot),
                             HasSubstr("class 0 is \"cat\" in the snapshot and "
                                       "\"dog\" in the training set"))));
  options_.resume = false;
  options_.weights = {snapshot};
  EXPECT_THAT(Run("", "max_iter: 6"),
              StatusIs(StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("class 0 is \"cat\" in " + snapshot +
                                       " and \"dog\" in " + Path("train")),
                             HasSubstr("--allow_other_classes"))));
  options_.allow_other_classes = true;
  EXPECT_OK(Run("", "max_iter: 6"));
}

// Another number of classes is another task, with a last layer of its own.
TEST_F(ImageFolderTrainingTest, WeightsOfAnotherTaskAreWelcome) {
  ASSERT_OK(Run("", "max_iter: 5"));
  for (const char* split : {"train", "val"}) AddImages(split, "ant");
  options_.weights = {SnapshotPath(Path("s"), 5)};
  options_.allow_missing = true;
  EXPECT_OK(Run("", "max_iter: 6", 3));
  EXPECT_EQ(NumNotices("fc: not loaded"), 1);
}

TEST_F(ImageFolderTrainingTest, WarnsOfTestDataWithOtherClasses) {
  test_folder_ = Path("other");
  for (const char* name : {"cat", "hen"}) {
    std::filesystem::create_directories(Path(absl::StrCat("other/val/", name)));
    std::filesystem::copy(Path("val/dog"),
                          Path(absl::StrCat("other/val/", name)));
  }
  ASSERT_OK(Run("", "max_epoch: 1"));
  EXPECT_THAT(notices_,
              Contains("warning: class 1 is \"dog\" in " + Path("train") +
                       " and \"hen\" in " + Path("other/val")));
}

// tools:test, by its command line.
class TestToolTest : public ImageFolderTrainingTest {
 protected:
  // Exit status 0 or not, and all that is printed.
  std::pair<bool, std::string> RunTool(const std::string& flags) {
    std::ofstream(Path("net.prototxt"))
        << "name: 'n'\n"
        << DataLayer("TEST", folder_, "on_unreadable: SKIP")
        << absl::StrReplaceAll(kLayers, {{"$classes", "2"}});
    const std::string command = absl::StrCat(
        "tools/test --threads=1 --net=", Path("net.prototxt"),
        " --weights=", SnapshotPath(Path("s"), 5), " ", flags, " 2>&1");
    std::FILE* const pipe = popen(command.c_str(), "r");
    std::string text;
    for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
    return {pclose(pipe) == 0, text};
  }
};

TEST_F(TestToolTest, TestsTheSplitThatIsAskedFor) {
  ASSERT_OK(Run("", "max_iter: 5"));
  std::filesystem::remove(Path("test/cat/0.png"));
  Damage("val/cat/1.png");
  const struct {
    const char *flags, *folder, *samples, *rest;
  } cases[] = {{"", "val", "9", ", skipped as unreadable: 1\n"},
               {"--split=val", "val", "9", ", skipped as unreadable: 1\n"},
               {"--split=test", "test", "9", "\n"},
               {"--split=train", "train", "10", "\n"}};
  for (const auto& a_case : cases) {
    const auto [ok, text] = RunTool(a_case.flags);
    EXPECT_TRUE(ok) << text;
    const std::string folder = Path(a_case.folder);
    EXPECT_THAT(text, HasSubstr(absl::StrCat(folder, ": ", a_case.samples,
                                             " images of 2 classes, ")));
    EXPECT_THAT(
        text, HasSubstr(absl::StrCat("Samples: ", a_case.samples, " Loss: ")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat(" | ", folder, a_case.rest)));
  }
  EXPECT_THAT(RunTool("--split=dev").second,
              HasSubstr("--split=dev is unknown; there are train, val and "
                        "test"));
}

TEST_F(TestToolTest, ComparesTheClasses) {
  ASSERT_OK(Run("", "max_iter: 5"));
  for (const char* split : {"train", "val"}) {
    std::filesystem::rename(Path(absl::StrCat(split, "/cat")),
                            Path(absl::StrCat(split, "/wildcat")));
  }
  const auto [ok, text] = RunTool("");
  EXPECT_FALSE(ok);
  EXPECT_THAT(text, HasSubstr("class 0 is \"cat\" in "));
  EXPECT_THAT(text, Not(HasSubstr("Samples: ")));
  EXPECT_TRUE(RunTool("--allow_other_classes").first);
}

}  // namespace
}  // namespace tamp
