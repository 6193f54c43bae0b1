#include "data/samples/normalizer.h"

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/blob.pb.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_files.h"

namespace tamp {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<float> Apply(const Normalizer& normalizer,
                         const std::vector<uint8_t>& pixels,
                         const ImageSize& size,
                         const SampleOrigin& origin = {}) {
  std::vector<float> out(pixels.size(), 99);
  normalizer.Apply(pixels.data(), size, origin, out.data());
  return out;
}

TEST(NormalizerTest, KeepsPixelsByDefault) {
  ASSERT_OK_AND_ASSIGN(const Normalizer normalizer,
                       Normalizer::Create(TransformOptions(), 1, {}));
  EXPECT_THAT(Apply(normalizer, {0, 1, 255}, {1, 3}), ElementsAre(0, 1, 255));
}

TEST(NormalizerTest, CaffesArithmetic) {
  TransformOptions options;
  options.scale = 0.5;
  options.mean = {10};
  ASSERT_OK_AND_ASSIGN(const Normalizer one,
                       Normalizer::Create(options, 2, {}));
  EXPECT_THAT(Apply(one, {0, 20, 30, 40}, {1, 2}), ElementsAre(-5, 5, 10, 15));
  options.mean = {10, 20};
  ASSERT_OK_AND_ASSIGN(const Normalizer two,
                       Normalizer::Create(options, 2, {}));
  EXPECT_THAT(Apply(two, {0, 20, 30, 40}, {1, 2}), ElementsAre(-5, 5, 5, 10));
}

TEST(NormalizerTest, DeviationsAreOfScaledValues) {
  TransformOptions options;
  options.scale = 1 / 255.0f;
  options.mean = {0.5f, 0.25f, 0.125f};
  options.stddev = {0.5f, 2, 0.1f};
  ASSERT_OK_AND_ASSIGN(const Normalizer normalizer,
                       Normalizer::Create(options, 3, {}));
  const std::vector<float> y = Apply(normalizer, {255, 51, 0}, {1, 1});
  EXPECT_NEAR(y[0], (1 - 0.5) / 0.5, 1e-6);
  EXPECT_NEAR(y[1], (0.2 - 0.25) / 2, 1e-6);
  EXPECT_NEAR(y[2], (0 - 0.125) / 0.1, 1e-6);
  options.stddev = {2};
  ASSERT_OK_AND_ASSIGN(const Normalizer one,
                       Normalizer::Create(options, 3, {}));
  EXPECT_NEAR(Apply(one, {255, 0, 0}, {1, 1})[0], 0.25, 1e-6);
}

// A red, a green and a blue pixel beside each other, in planes.
TEST(NormalizerTest, ColorOrder) {
  const std::vector<uint8_t> pixels = {200, 0, 0, 0, 100, 0, 0, 0, 50};
  TransformOptions options;
  options.mean = {1, 2, 3};
  ASSERT_OK_AND_ASSIGN(const Normalizer rgb,
                       Normalizer::Create(options, 3, {}));
  EXPECT_THAT(Apply(rgb, pixels, {1, 3}),
              ElementsAre(199, -1, -1, -2, 98, -2, -3, -3, 47));
  options.color_order = TransformationParameter::BGR;
  ASSERT_OK_AND_ASSIGN(const Normalizer bgr,
                       Normalizer::Create(options, 3, {}));
  EXPECT_THAT(Apply(bgr, pixels, {1, 3}),
              ElementsAre(-1, -1, 49, -2, 98, -2, 197, -3, -3));
  // (x - mean) / std of the channels in the order of the floats.
  options.stddev = {1, 2, 10};
  ASSERT_OK_AND_ASSIGN(const Normalizer deviations,
                       Normalizer::Create(options, 3, {}));
  EXPECT_THAT(Apply(deviations, pixels, {1, 3}),
              ElementsAre(-1, -1, 49, -1, 49, -1, 19.7f, -0.3f, -0.3f));
}

TEST(NormalizerTest, ColorOrderNeedsColors) {
  TransformOptions options;
  options.color_order = TransformationParameter::BGR;
  EXPECT_THAT(Normalizer::Create(options, 1, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "transform_param.color_order is BGR, but images have 1 "
                       "channel, not 3; leave it out"));
}

TEST(NormalizerTest, RefusesCounts) {
  TransformOptions options;
  options.mean = {1, 2};
  EXPECT_THAT(Normalizer::Create(options, 3, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("mean_value is given 2 times")));
  options.mean = {1, 2, 3};
  options.stddev = {1, 2, 3, 4};
  EXPECT_THAT(Normalizer::Create(options, 3, {}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("std_value is given 4 times")));
}

// A mean image of one channel, 2x3 pixels: 0, 1, 2 / 3, 4, 5.
std::string WriteMean(BlobProto* blob) {
  const std::string path = EmptyFolder("mean") + "/mean.binaryproto";
  WriteBytes(path, blob->SerializeAsString());
  return path;
}

BlobProto MeanBlob() {
  BlobProto blob;
  for (const int dim : {1, 1, 2, 3}) blob.mutable_shape()->add_dim(dim);
  for (int i = 0; i < 6; ++i) blob.add_data(i);
  return blob;
}

TEST(NormalizerTest, MeanImageFollowsCropAndMirror) {
  BlobProto blob = MeanBlob();
  TransformOptions options;
  options.scale = 2;
  options.mean_file = WriteMean(&blob);
  ASSERT_OK_AND_ASSIGN(const Normalizer normalizer,
                       Normalizer::Create(options, 1, ImageSize{2, 3}));
  EXPECT_THAT(Apply(normalizer, {10, 10, 10, 10, 10, 10}, {2, 3}),
              ElementsAre(20, 18, 16, 14, 12, 10));
  // Row 1, columns 1 and 2.
  EXPECT_THAT(Apply(normalizer, {10, 10}, {1, 2}, {1, 1, false}),
              ElementsAre(12, 10));
  EXPECT_THAT(Apply(normalizer, {10, 10}, {1, 2}, {1, 1, true}),
              ElementsAre(10, 12));
}

// A Caffe mean image has blue first, like the net.
TEST(NormalizerTest, ColorOrderOfMeanImages) {
  BlobProto blob;
  for (const int dim : {3, 1, 2}) blob.mutable_shape()->add_dim(dim);
  for (const int value : {1, 2, 10, 20, 30, 60}) blob.add_data(value);
  TransformOptions options;
  options.mean_file = WriteMean(&blob);
  options.color_order = TransformationParameter::BGR;
  ASSERT_OK_AND_ASSIGN(const Normalizer normalizer,
                       Normalizer::Create(options, 3, ImageSize{1, 2}));
  EXPECT_THAT(Apply(normalizer, {100, 100, 50, 50, 7, 7}, {1, 2}),
              ElementsAre(6, 5, 40, 30, 70, 40));
  EXPECT_THAT(normalizer.ChannelMeans(), ElementsAre(1.5, 15, 45));
}

TEST(NormalizerTest, ChannelMeansAreOfPixels) {
  TransformOptions options;
  ASSERT_OK_AND_ASSIGN(const Normalizer none,
                       Normalizer::Create(options, 3, {}));
  EXPECT_THAT(none.ChannelMeans(), ElementsAre());
  options.scale = 1 / 256.0f;
  options.mean = {104, 117, 123};
  ASSERT_OK_AND_ASSIGN(const Normalizer caffe,
                       Normalizer::Create(options, 3, {}));
  EXPECT_THAT(caffe.ChannelMeans(), ElementsAre(104, 117, 123));
  options.mean = {0.5};
  options.stddev = {1};
  ASSERT_OK_AND_ASSIGN(const Normalizer scaled,
                       Normalizer::Create(options, 3, {}));
  EXPECT_THAT(scaled.ChannelMeans(), ElementsAre(128, 128, 128));
}

TEST(NormalizerTest, OldMeanImage) {
  BlobProto blob;
  blob.set_num(1);
  blob.set_channels(1);
  blob.set_height(1);
  blob.set_width(2);
  blob.add_double_data(1);
  blob.add_double_data(2);
  TransformOptions options;
  options.mean_file = WriteMean(&blob);
  ASSERT_OK_AND_ASSIGN(const Normalizer normalizer,
                       Normalizer::Create(options, 1, ImageSize{1, 2}));
  EXPECT_THAT(Apply(normalizer, {7, 7}, {1, 2}), ElementsAre(6, 5));
}

TEST(NormalizerTest, RefusesBadMeanImages) {
  TransformOptions options;
  const auto create = [&](BlobProto blob, std::optional<ImageSize> canvas) {
    options.mean_file = WriteMean(&blob);
    return Normalizer::Create(options, 1, canvas).status();
  };
  EXPECT_THAT(create(MeanBlob(), std::nullopt),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("needs images of one size")));
  EXPECT_THAT(create(MeanBlob(), ImageSize{3, 2}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("mean.binaryproto is 1x2x3"),
                             HasSubstr("before the crop are 1x3x2"))));
  BlobProto blob = MeanBlob();
  blob.add_data(6);
  EXPECT_THAT(create(blob, ImageSize{2, 3}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("holds 7 numbers instead of 6")));
  blob = MeanBlob();
  blob.set_data(2, std::numeric_limits<float>::quiet_NaN());
  EXPECT_THAT(
      create(blob, ImageSize{2, 3}),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not finite")));
  blob = MeanBlob();
  blob.mutable_shape()->set_dim(0, int64_t{1} << 40);
  EXPECT_FALSE(create(blob, ImageSize{2, 3}).ok());
  blob.mutable_shape()->set_dim(0, 2);
  EXPECT_THAT(create(blob, ImageSize{2, 3}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("not channels x height x width")));
  WriteBytes(options.mean_file, "text");
  EXPECT_THAT(Normalizer::Create(options, 1, ImageSize{2, 3}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("is not a BlobProto")));
  options.mean_file += "x";
  EXPECT_THAT(Normalizer::Create(options, 1, ImageSize{2, 3}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("protox")));
}

}  // namespace
}  // namespace tamp
