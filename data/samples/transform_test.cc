#include "data/samples/transform.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "core/check.h"
#include "core/rng.h"
#include "core/shape.h"
#include "data/datasets/dataset.h"
#include "data/images/image.h"
#include "data/images/resize.h"
#include "data/images/warp.h"
#include "data/samples/transform_options.h"
#include "formats/safetensors.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// One image for each of the sizes.
class SizedDataset : public Dataset {
 public:
  explicit SizedDataset(std::vector<ImageSize> sizes)
      : sizes_(std::move(sizes)) {}

  const std::string& location() const override { return location_; }
  int64_t size() const override { return sizes_.size(); }
  int num_classes() const override { return 1; }
  const std::vector<std::string>& class_names() const override {
    return names_;
  }
  int64_t channels() const override { return 3; }
  ImageSize image_size(int64_t index) const override { return sizes_[index]; }
  int label(int64_t) const override { return 0; }
  absl::StatusOr<ImageView> Get(int64_t index, Image* scratch) const override {
    *scratch = RandomImage(3, sizes_[index].height, sizes_[index].width, index);
    return scratch->view();
  }

 private:
  const std::vector<ImageSize> sizes_;
  const std::vector<std::string> names_;
  const std::string location_ = "sizes";
};

TransformOptions Options(const std::string& transform_param) {
  LayerParameter parameter;
  CHECK(google::protobuf::TextFormat::ParseFromString(
      transform_param, parameter.mutable_transform_param()));
  const absl::StatusOr<TransformOptions> options =
      ParseTransformOptions(parameter);
  CHECK_OK(options.status());
  return *options;
}

std::vector<uint8_t> Apply(const Transform& transform, const ImageView& image,
                           RandomStream* random) {
  std::vector<uint8_t> out(transform.sample_shape().num_elements());
  Resizer resizer;
  transform.Apply(image, random, &resizer, out.data());
  return out;
}

TEST(TransformOptionsTest, ReadsOldFieldsToo) {
  LayerParameter parameter;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
      "data_param { scale: 0.5 crop_size: 7 mirror: true mean_file: 'm' } "
      "transform_param { crop_size: 9 resize: 20 resize: 30 pad: 2 "
      "rotate_degrees: 3 std_value: 2 }",
      &parameter));
  ASSERT_OK_AND_ASSIGN(const TransformOptions options,
                       ParseTransformOptions(parameter));
  EXPECT_EQ(options.scale, 0.5f);
  EXPECT_EQ(options.crop_size, 9);
  EXPECT_TRUE(options.mirror);
  EXPECT_EQ(options.mean_file, "m");
  EXPECT_THAT(options.resize, testing::ElementsAre(20, 30));
  EXPECT_EQ(options.pad, 2);
  EXPECT_EQ(options.rotate_degrees, 3);
  EXPECT_THAT(options.stddev, testing::ElementsAre(2));
}

TEST(TransformOptionsTest, RefusesValues) {
  struct {
    const char* text;
    const char* message;
  } cases[] = {
      {"resize: 0", "transform_param.resize is 0, it must be 1 to 16384"},
      {"pad: 5000", "transform_param.pad is 5000, it must be 0 to 4096"},
      {"rotate_degrees: -1", "rotate_degrees is -1, it must be 0 to 180"},
      {"rotate_degrees: nan", "rotate_degrees is nan"},
      {"crop_size: 4000000000",
       "crop_size is 4000000000, it must be 0 to 16384"},
      {"scale: inf", "scale is inf"},
      {"mean_value: nan", "mean_value is nan"},
      {"std_value: 0", "std_value is 0, it must be above 0"},
      {"mean_value: 1 mean_file: 'm'", "mean_value and mean_file"},
      {"force_color: true force_gray: true", "force_color and force_gray"},
  };
  for (const auto& bad : cases) {
    LayerParameter parameter;
    ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(
        bad.text, parameter.mutable_transform_param()));
    EXPECT_THAT(
        ParseTransformOptions(parameter),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(bad.message)));
  }
}

TEST(TransformTest, SampleShape) {
  const SizedDataset same({{10, 20}, {10, 20}});
  const SizedDataset mixed({{10, 20}, {30, 15}});
  const auto shape = [](const std::string& text, const Dataset& dataset,
                        Phase phase = TRAIN) {
    const auto transform = Transform::Create(Options(text), dataset, phase);
    return transform.ok() ? transform->sample_shape() : Shape();
  };
  EXPECT_EQ(shape("", same), Shape({3, 10, 20}));
  EXPECT_EQ(shape("pad: 2", same), Shape({3, 14, 24}));
  EXPECT_EQ(shape("resize: 5", same), Shape({3, 5, 10}));
  EXPECT_EQ(shape("crop_size: 10", mixed), Shape({3, 10, 10}));
  EXPECT_EQ(shape("resize: 8 resize: 9 crop_size: 8", mixed), Shape({3, 8, 8}));
  // The first size alone counts in TEST.
  EXPECT_EQ(shape("resize: 5 resize: 9", same, TEST), Shape({3, 5, 10}));
  EXPECT_EQ(shape("resize: 8 resize: 2 crop_size: 8", mixed, TEST),
            Shape({3, 8, 8}));
}

TEST(TransformTest, RefusesImagesThatGiveNoSample) {
  const SizedDataset mixed({{10, 20}, {30, 8}});
  const auto create = [&](const std::string& text) {
    return Transform::Create(Options(text), mixed, TRAIN).status();
  };
  EXPECT_THAT(create(""), StatusIs(absl::StatusCode::kInvalidArgument,
                                   AllOf(HasSubstr("image 1 would become a "
                                                   "sample of 8x30 pixels"),
                                         HasSubstr("crop_size"))));
  EXPECT_THAT(create("crop_size: 9"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("image 1 has 8x30 pixels"),
                             HasSubstr("crop_size 9"))));
  EXPECT_THAT(create("resize: 9 resize: 8 crop_size: 9"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("image 0 has 16x8 pixels")));
  EXPECT_OK(create("pad: 1 crop_size: 9"));
  EXPECT_THAT(create("resize: 16384 crop_size: 9"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("would be resized to")));
}

// With everything on, a sample is what resizing the whole image and warping it
// by the drawn numbers gives.
TEST(TransformTest, EqualsItsSteps) {
  const SizedDataset dataset({{30, 41}, {55, 33}});
  ASSERT_OK_AND_ASSIGN(
      const Transform transform,
      Transform::Create(
          Options("resize: 24 resize: 40 resize: 64 pad: 3 "
                  "rotate_degrees: 30 crop_size: 16 mirror: true"),
          dataset, TRAIN));
  for (uint64_t seed = 0; seed < 60; ++seed) {
    Image image;
    ASSERT_OK(dataset.Get(seed % 2, &image));
    RandomStream random(seed), again(seed);
    const std::vector<uint8_t> sample = Apply(transform, image.view(), &random);

    const int64_t shorter[] = {24, 40, 64};
    const ImageSize size =
        ResizedSize(dataset.image_size(seed % 2), shorter[again.UniformInt(3)]);
    WarpOptions warp;
    warp.pad = 3;
    warp.degrees = again.Uniform(-30, 30);
    warp.crop = {again.UniformInt(size.height + 6 - 16 + 1), 0, 16, 16};
    warp.crop.left = again.UniformInt(size.width + 6 - 16 + 1);
    warp.mirror = again.UniformInt(2) == 1;
    Resizer resizer;
    std::vector<uint8_t> expected(sample.size());
    Warp(resizer.Resize(image.view(), size, {0, 0, size.height, size.width}),
         warp, expected.data());
    EXPECT_EQ(sample, expected) << seed;
  }
}

TEST(TransformTest, TestPhaseIsTheGoldenCenterCrop) {
  ASSERT_OK_AND_ASSIGN(
      const Safetensors golden,
      Safetensors::Read("tests/golden/transforms.safetensors"));
  const Safetensors::Tensor* photo = golden.Find("photo.in");
  const Safetensors::Tensor* expected =
      golden.Find("photo.resize256_centercrop224");
  ASSERT_TRUE(photo != nullptr && expected != nullptr);
  const ImageView image = {
      reinterpret_cast<const uint8_t*>(photo->bytes.data()), 3, photo->dims[1],
      photo->dims[2]};
  const SizedDataset dataset({{image.height, image.width}});
  ASSERT_OK_AND_ASSIGN(
      const Transform transform,
      Transform::Create(Options("resize: 256 resize: 300 rotate_degrees: 10 "
                                "crop_size: 224 mirror: true"),
                        dataset, TEST));
  RandomStream random(1);
  EXPECT_EQ(
      Apply(transform, image, &random),
      std::vector<uint8_t>(expected->bytes.begin(), expected->bytes.end()));
  EXPECT_EQ(random.NextBits(), RandomStream(1).NextBits());  // nothing drawn
}

// Every place of the crop and both directions occur, and nothing else.
TEST(TransformTest, DrawsEveryCropAndBothDirections) {
  const SizedDataset dataset({{2, 3}});
  ASSERT_OK_AND_ASSIGN(
      const Transform transform,
      Transform::Create(Options("pad: 1 crop_size: 3 mirror: true"), dataset,
                        TRAIN));
  Image image;
  ASSERT_OK(dataset.Get(0, &image));
  std::set<std::vector<int64_t>> seen;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    RandomStream random(seed);
    Resizer resizer;
    std::vector<uint8_t> out(27);
    const SampleOrigin origin =
        transform.Apply(image.view(), &random, &resizer, out.data());
    EXPECT_LE(origin.top, 1);
    EXPECT_LE(origin.left, 2);
    seen.insert({origin.top, origin.left, origin.mirror});
  }
  EXPECT_EQ(seen.size(), size_t{2 * 3 * 2});
}

}  // namespace
}  // namespace tamp
