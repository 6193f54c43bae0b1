#include "data/datasets/image_folder.h"

#include <sys/stat.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "data/datasets/describe_dataset.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

ImageFolderOptions OnDemand() {
  ImageFolderOptions options;
  options.memory_budget_bytes = 0;
  return options;
}

// Two classes, three images of different sizes and formats; some other files.
std::string WriteFolder(const std::string& name) {
  const std::string folder = EmptyFolder(name);
  WriteBytes(folder + "/train/n02/b.JPEG",
             EncodeJpeg(SmoothImage(3, 8, 10, 1).view()));
  WriteBytes(folder + "/train/n02/a.png",
             EncodePng(SmoothImage(3, 5, 6, 2).view()));
  WriteBytes(folder + "/train/n01/x.jpg",
             EncodeJpeg(SmoothImage(3, 9, 4, 3).view()));
  WriteBytes(folder + "/train/n01/notes.txt", "not an image");
  WriteBytes(folder + "/train/n01/.hidden.png", "not an image");
  WriteBytes(folder + "/train/readme", "not a class");
  WriteBytes(folder + "/val/n01/v.png",
             EncodePng(SmoothImage(1, 3, 3, 4).view()));
  WriteBytes(folder + "/val/n02/w.png",
             EncodePng(SmoothImage(3, 3, 3, 5).view()));
  return folder;
}

TEST(ImageFolderTest, ReadsInMemoryAndOnDemand) {
  const std::string folder = WriteFolder("folder");
  for (const ImageFolderOptions& options : {ImageFolderOptions(), OnDemand()}) {
    ASSERT_OK_AND_ASSIGN(
        const std::unique_ptr<Dataset> train,
        OpenImageFolder(folder, DataParameter::TRAIN, options));
    ASSERT_EQ(train->size(), 3);
    EXPECT_THAT(train->class_names(), ElementsAre("n01", "n02"));
    EXPECT_EQ(train->num_classes(), 2);
    EXPECT_EQ(train->channels(), 3);
    const std::vector<std::string> files = {"n01/x.jpg", "n02/a.png",
                                            "n02/b.JPEG"};
    const ImageSize sizes[] = {{9, 4}, {5, 6}, {8, 10}};
    const int seeds[] = {3, 2, 1};
    Image scratch;
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(train->label(i), i == 0 ? 0 : 1);
      EXPECT_EQ(train->image_name(i), folder + "/train/" + files[i]);
      EXPECT_EQ(train->image_size(i), sizes[i]);
      ASSERT_OK_AND_ASSIGN(const ImageView image, train->Get(i, &scratch));
      ASSERT_EQ((ImageSize{image.height, image.width}), sizes[i]);
      EXPECT_NEAR(image.row(1, 2)[1], seeds[i] + 40 + 4 + 3, 6);
    }
    ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> val,
                         OpenImageFolder(folder, DataParameter::TEST, options));
    EXPECT_EQ(val->size(), 2);
    EXPECT_EQ(val->label(1), 1);
    ASSERT_OK_AND_ASSIGN(const ImageView gray, val->Get(0, &scratch));
    EXPECT_EQ(gray.channels, 3);
    EXPECT_EQ(gray.row(2, 1)[1], 4 + 5);
  }
}

TEST(ImageFolderTest, OneChannel) {
  ImageFolderOptions options;
  options.channels = 1;
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<Dataset> val,
      OpenImageFolder(WriteFolder("gray"), DataParameter::VAL, options));
  EXPECT_EQ(val->channels(), 1);
  ASSERT_OK_AND_ASSIGN(const ImageView image, val->Get(0, nullptr));
  EXPECT_EQ(image.channels, 1);
  EXPECT_EQ(image.row(0, 1)[1], 4 + 5);
}

// "train", or "no folder ..." with the paths below `folder`.
std::string FolderThatIsRead(const std::string& folder,
                             std::optional<DataParameter::Split> split) {
  const auto dataset = OpenImageFolder(folder, split, OnDemand());
  const std::string text = dataset.ok()
                               ? (*dataset)->location()
                               : std::string(dataset.status().message());
  return absl::StrReplaceAll(text.substr(0, text.find(';')),
                             {{folder + "/", ""}});
}

TEST(ImageFolderTest, EverySplitHasItsFolder) {
  using Names = std::vector<std::string>;
  const struct {
    Names there;
    std::string val, test, without_split;
  } cases[] = {
      {{"train", "val", "test"}, "val", "test", "val"},
      {{"train", "val"}, "val", "val", "val"},
      {{"train", "test"}, "no folder val", "test", "test"},
      {{"test"}, "no folder val", "test", "test"},
      {{"train"},
       "no folder val",
       "no folder test or val",
       "no folder val or test"},
  };
  for (const auto& a_case : cases) {
    const std::string folder = EmptyFolder("splits");
    for (const std::string& name : a_case.there) {
      WriteBytes(absl::StrCat(folder, "/", name, "/cat/1.png"),
                 EncodePng(SmoothImage(1, 3, 3, 4).view()));
    }
    EXPECT_EQ(FolderThatIsRead(folder, DataParameter::VAL), a_case.val);
    EXPECT_EQ(FolderThatIsRead(folder, DataParameter::TEST), a_case.test);
    EXPECT_EQ(FolderThatIsRead(folder, std::nullopt), a_case.without_split);
    EXPECT_EQ(FolderThatIsRead(folder, DataParameter::TRAIN),
              a_case.there[0] == "train" ? "train" : "no folder train");
  }
  const std::string folder = EmptyFolder("splits");
  std::filesystem::create_directories(folder + "/test");
  EXPECT_THAT(OpenImageFolder(folder, DataParameter::VAL, OnDemand()),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("the images of test are read with split: "
                                 "TEST")));
}

TEST(ImageFolderTest, ReadsAllEndingsOfJpegAndSaysWhatItPassesOver) {
  const std::string folder = EmptyFolder("endings");
  const std::string jpeg = EncodeJpeg(SmoothImage(3, 4, 4, 1).view());
  for (const char* name :
       {"a/1.jpg", "a/2.JPE", "a/3.jfif", "a/4.Jpeg", "a/5.bmp", "a/6.webp",
        "a/7.BMP", "a/8", "a/more/9.jpg", "a/.hidden.jpg", "b/1.jfif",
        "b/.thumbnails/2.jpg", "b/2.jpg.part", "b/2.", "list.txt",
        ".git/3.jpg"}) {
    WriteBytes(absl::StrCat(folder, "/train/", name), jpeg);
  }
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<Dataset> train,
      OpenImageFolder(folder, DataParameter::TRAIN, OnDemand()));
  ASSERT_EQ(train->size(), 5);
  EXPECT_EQ(train->image_name(1), folder + "/train/a/2.JPE");
  EXPECT_EQ(train->label(4), 1);
  EXPECT_THAT(
      train->notes(),
      ElementsAre(
          folder +
          "/train: passed over: 3 hidden (.git), 2 .bmp (a/5.bmp), 2 without "
          "ending (a/8), 1 .part (b/2.jpg.part), 1 .webp (a/6.webp), 1 beside "
          "the classes' folders (list.txt), and 1 more; what counts are .jpeg, "
          ".jpg, .jfif, .jpe and .png files right in the folders of the "
          "classes"));
}

TEST(ImageFolderTest, SaysWhatAClassHoldsInsteadOfImages) {
  const std::string folder = EmptyFolder("other_format");
  WriteBytes(folder + "/train/a/1.tiff", "");
  WriteBytes(folder + "/train/a/2.tiff", "");
  EXPECT_THAT(OpenImageFolder(folder, DataParameter::TRAIN, OnDemand()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "class folder " + folder +
                           "/train/a holds no .jpeg, .jpg, .jfif, .jpe "
                           "or .png file, but 2 .tiff (a/1.tiff); fill "
                           "it or remove it"));
}

// Opening one would wait for somebody to write.
TEST(ImageFolderTest, PassesOverPipes) {
  const std::string folder = WriteFolder("pipe");
  ASSERT_EQ(mkfifo((folder + "/val/n01/x.png").c_str(), 0600), 0);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Dataset> val,
                       OpenImageFolder(folder, DataParameter::VAL, OnDemand()));
  EXPECT_EQ(val->size(), 2);
  EXPECT_THAT(val->notes(), ElementsAre(HasSubstr("1 that are no files")));
}

TEST(ImageFolderTest, ListsAllUnreadableImagesAtOnce) {
  const std::string folder = WriteFolder("many_unreadable");
  const std::string jpeg = EncodeJpeg(RandomImage(3, 40, 40, 6).view());
  // Bad headers, and a whole header with half of the image.
  for (int i = 0; i < 24; ++i) {
    WriteBytes(absl::StrCat(folder, "/train/n02/z", i + 10, ".jpg"),
               i == 2 ? jpeg.substr(0, jpeg.size() / 2) : "text");
  }
  const absl::Status status =
      OpenImageFolder(folder, DataParameter::TRAIN, ImageFolderOptions())
          .status();
  const std::vector<std::string> lines =
      absl::StrSplit(std::string(status.message()), '\n');
  ASSERT_EQ(lines.size(), 22u);
  EXPECT_EQ(lines[0],
            folder +
                "/train: 24 of 27 images cannot be read; repair the files "
                "or remove them, or leave out what is unreadable with "
                "data_param.on_unreadable: SKIP");
  EXPECT_EQ(lines[1],
            "  " + folder + "/train/n02/z10.jpg is neither JPEG nor PNG");
  EXPECT_THAT(lines[3], AllOf(HasSubstr("/n02/z12.jpg"), HasSubstr("decoded")));
  EXPECT_THAT(lines[20], HasSubstr("/n02/z29.jpg"));
  EXPECT_EQ(lines[21], "  and 4 more");
}

TEST(ImageFolderTest, SkipsUnreadableImages) {
  const std::string folder = WriteFolder("skip");
  const std::string bad_header = folder + "/train/n01/a.jpg";
  const std::string bad_pixels = folder + "/train/n02/c.jpeg";
  const std::string jpeg = EncodeJpeg(RandomImage(3, 40, 40, 6).view());
  WriteBytes(bad_header, "text");
  WriteBytes(bad_pixels, jpeg.substr(0, jpeg.size() / 2));
  for (ImageFolderOptions options : {ImageFolderOptions(), OnDemand()}) {
    const bool in_memory = options.memory_budget_bytes > 0;
    options.on_unreadable = DataParameter::SKIP;
    ASSERT_OK_AND_ASSIGN(
        const std::unique_ptr<Dataset> train,
        OpenImageFolder(folder, DataParameter::TRAIN, options));
    // The others keep their numbers.
    EXPECT_EQ(train->size(), 5);
    EXPECT_EQ(train->image_name(0), bad_header);
    EXPECT_EQ(train->image_name(4), bad_pixels);
    EXPECT_EQ(train->image_size(0), train->image_size(1));
    EXPECT_EQ(train->unreadable(), in_memory ? std::vector<int64_t>({0, 4})
                                             : std::vector<int64_t>({0}));
    const std::vector<std::string> lines = DescribeDataset(*train);
    EXPECT_EQ(
        lines[0],
        folder + (in_memory ? "/train: 3 images of 2 classes, 1 to 2 each: n01 "
                              "1, n02 2"
                            : "/train: 4 images of 2 classes, 1 to 3 each: n01 "
                              "1, n02 3"));
    EXPECT_THAT(lines[1], HasSubstr("passed over: "));
    EXPECT_EQ(lines[2],
              absl::StrCat(folder, "/train: ", in_memory ? 2 : 1,
                           " of 5 images cannot be read and are skipped:"));
    EXPECT_EQ(lines[3], "  " + bad_header + " is neither JPEG nor PNG");
    EXPECT_EQ(lines.size(), in_memory ? 5u : 4u);
    Image scratch;
    EXPECT_OK(train->Get(1, &scratch));
    EXPECT_THAT(train->Get(0, &scratch),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         bad_header + " is neither JPEG nor PNG"));
    EXPECT_THAT(
        train->Get(4, &scratch),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(bad_pixels)));
  }
  ImageFolderOptions skip;
  skip.on_unreadable = DataParameter::SKIP;
  WriteBytes(folder + "/val/n01/v.png", "text");
  WriteBytes(folder + "/val/n02/w.png", "");
  EXPECT_THAT(OpenImageFolder(folder, DataParameter::VAL, skip),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("/val: 2 of 2 images cannot be read")));
}

TEST(ImageFolderTest, RefusesWrongFolders) {
  const std::string folder = WriteFolder("wrong");
  const auto open = [&](DataParameter::Split split) {
    return OpenImageFolder(folder, split, ImageFolderOptions()).status();
  };
  std::filesystem::create_directories(folder + "/val/n03");
  EXPECT_THAT(open(DataParameter::TEST),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("class folder n03 is in " + folder +
                                 "/val but not in " + folder + "/train")));
  std::filesystem::create_directories(folder + "/train/n03");
  EXPECT_THAT(open(DataParameter::TRAIN),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("class folder " + folder +
                                 "/train/n03 holds no .jpeg")));
  std::filesystem::remove_all(folder + "/val/n03");
  std::filesystem::remove_all(folder + "/val/n01");
  std::filesystem::remove_all(folder + "/train/n03");
  EXPECT_THAT(open(DataParameter::TEST),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("n01 is in " + folder + "/train but not")));
  std::filesystem::remove_all(folder + "/train");
  EXPECT_THAT(open(DataParameter::TRAIN),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("no folder " + folder + "/train;")));
  std::filesystem::create_directories(folder + "/train");
  EXPECT_THAT(open(DataParameter::TRAIN),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("holds no class folders")));
  std::filesystem::remove_all(folder + "/val");
  EXPECT_THAT(open(DataParameter::TEST),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("/test or "), HasSubstr("/val"))));
}

TEST(ImageFolderTest, NamesUndecodableImages) {
  const std::string folder = WriteFolder("undecodable");
  const std::string path = folder + "/train/n02/c.jpeg";
  for (const auto& options : {ImageFolderOptions(), OnDemand()}) {
    for (const std::string& bytes : {std::string(), std::string("text")}) {
      WriteBytes(path, bytes);
      EXPECT_THAT(
          OpenImageFolder(folder, DataParameter::TRAIN, options),
          StatusIs(absl::StatusCode::kInvalidArgument,
                   AllOf(HasSubstr(path), HasSubstr("is neither JPEG nor PNG"),
                         HasSubstr("repair the file or remove it"))));
    }
  }
}

TEST(ImageFolderTest, NamesWhatATerminalWouldObeyInOneLine) {
  const std::string folder = WriteFolder("escaped");
  WriteBytes(folder + "/train/n02/a\n\x1b]0;b.jpeg", "text");
  EXPECT_THAT(OpenImageFolder(folder, DataParameter::TRAIN, OnDemand()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("/a\\n\\033]0;b.jpeg is neither"),
                             Not(HasSubstr("\x1b")))));
}

TEST(ImageFolderTest, NamesTruncatedImages) {
  const std::string folder = WriteFolder("truncated");
  const std::string path = folder + "/train/n02/c.jpeg";
  const std::string jpeg = EncodeJpeg(RandomImage(3, 40, 40, 6).view());
  WriteBytes(path, jpeg.substr(0, jpeg.size() / 2));
  EXPECT_THAT(
      OpenImageFolder(folder, DataParameter::TRAIN, ImageFolderOptions()),
      StatusIs(absl::StatusCode::kInvalidArgument,
               AllOf(HasSubstr(path), HasSubstr("cannot be decoded"))));
  // On demand only the header is read while opening.
  ASSERT_OK_AND_ASSIGN(
      const std::unique_ptr<Dataset> train,
      OpenImageFolder(folder, DataParameter::TRAIN, OnDemand()));
  Image scratch;
  EXPECT_OK(train->Get(2, &scratch));
  EXPECT_THAT(train->Get(3, &scratch),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(path)));
  // Replaced or removed meanwhile.
  WriteBytes(path, EncodeJpeg(RandomImage(3, 4, 4, 6).view()));
  EXPECT_THAT(train->Get(3, &scratch),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("has changed its size")));
  std::filesystem::remove(path);
  EXPECT_THAT(train->Get(3, &scratch),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr(path)));
}

}  // namespace
}  // namespace tamp
