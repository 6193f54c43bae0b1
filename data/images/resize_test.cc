#include "data/images/resize.h"

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "core/rng.h"
#include "data/images/image.h"
#include "formats/safetensors.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

// Random pixels; sizes are rows x columns.
Image RandomImage(int64_t channels, int64_t height, int64_t width) {
  Image image(channels, height, width);
  RandomStream random(3, height * 1000 + width);
  for (int64_t i = 0; i < image.view().num_pixels(); ++i) {
    image.data()[i] = random.UniformInt(256);
  }
  return image;
}

std::vector<uint8_t> Pixels(const ImageView& image) {
  return {image.data, image.data + image.num_pixels()};
}

// The formula of the header in real numbers, without rounding in between.
double ExactPixel(const ImageView& image, int64_t channel, double y_center,
                  double y_support, double x_center, double x_support) {
  double sum = 0, weights = 0;
  for (int64_t y = 0; y < image.height; ++y) {
    for (int64_t x = 0; x < image.width; ++x) {
      const double weight =
          std::fmax(0, 1 - std::fabs(y + 0.5 - y_center) / y_support) *
          std::fmax(0, 1 - std::fabs(x + 0.5 - x_center) / x_support);
      weights += weight;
      sum += weight * image.row(channel, y)[x];
    }
  }
  return sum / weights;
}

struct Case {
  ImageSize from, to;
};

TEST(ResizeTest, IsTheFormulaWithinAGrayLevel) {
  const Case cases[] = {{{1, 1}, {3, 2}},     {{5, 7}, {5, 7}},
                        {{9, 4}, {3, 13}},    {{31, 17}, {10, 7}},
                        {{16, 16}, {32, 32}}, {{7, 40}, {1, 5}}};
  for (const Case& c : cases) {
    const Image image = RandomImage(2, c.from.height, c.from.width);
    Resizer resizer;
    const ImageView resized =
        resizer.Resize(image.view(), c.to, {0, 0, c.to.height, c.to.width})
            .pixels;
    const double y_scale = double(c.from.height) / c.to.height;
    const double x_scale = double(c.from.width) / c.to.width;
    for (int64_t channel = 0; channel < 2; ++channel) {
      for (int64_t y = 0; y < c.to.height; ++y) {
        for (int64_t x = 0; x < c.to.width; ++x) {
          const double exact = ExactPixel(
              image.view(), channel, (y + 0.5) * y_scale, std::fmax(1, y_scale),
              (x + 0.5) * x_scale, std::fmax(1, x_scale));
          EXPECT_NEAR(resized.row(channel, y)[x], exact, 1.01);
        }
      }
    }
  }
}

TEST(ResizeTest, EqualsPillow) {
  ASSERT_OK_AND_ASSIGN(
      const Safetensors golden,
      Safetensors::Read("tests/golden/transforms.safetensors"));
  const Safetensors::Tensor* photo = golden.Find("photo.in");
  ASSERT_NE(photo, nullptr);
  const ImageView image = {
      reinterpret_cast<const uint8_t*>(photo->bytes.data()), photo->dims[0],
      photo->dims[1], photo->dims[2]};
  for (const int64_t shorter : {128, 256, 296, 384}) {
    const Safetensors::Tensor* expected =
        golden.Find("photo.resize" + std::to_string(shorter));
    ASSERT_NE(expected, nullptr);
    const ImageSize size = ResizedSize({image.height, image.width}, shorter);
    EXPECT_TRUE(expected->HasShape({3, size.height, size.width}));
    Resizer resizer;
    const ImageView resized =
        resizer.Resize(image, size, {0, 0, size.height, size.width}).pixels;
    EXPECT_TRUE(std::equal(resized.data, resized.data + resized.num_pixels(),
                           expected->bytes.begin(), expected->bytes.end(),
                           [](uint8_t a, char b) { return a == uint8_t(b); }))
        << shorter;
  }
}

TEST(ResizeTest, WindowIsAPartOfTheWhole) {
  const Image image = RandomImage(3, 37, 23);
  const ImageSize size = {50, 11};
  Resizer whole_resizer, part_resizer;
  const ImageView whole =
      whole_resizer.Resize(image.view(), size, {0, 0, 50, 11}).pixels;
  const Window windows[] = {{0, 0, 1, 1}, {49, 10, 1, 1}, {7, 3, 20, 5}};
  for (const Window& window : windows) {
    const ImageWindow part = part_resizer.Resize(image.view(), size, window);
    EXPECT_EQ(part.top, window.top);
    EXPECT_EQ(part.left, window.left);
    for (int64_t c = 0; c < 3; ++c) {
      for (int64_t y = 0; y < window.height; ++y) {
        for (int64_t x = 0; x < window.width; ++x) {
          EXPECT_EQ(part.pixels.row(c, y)[x],
                    whole.row(c, window.top + y)[window.left + x]);
        }
      }
    }
  }
}

TEST(ResizeTest, SameSizeIsTheSameImage) {
  const Image image = RandomImage(1, 12, 9);
  Resizer resizer;
  EXPECT_EQ(Pixels(resizer.Resize(image.view(), {12, 9}, {0, 0, 12, 9}).pixels),
            Pixels(image.view()));
}

TEST(ResizeTest, ResizedSizeKeepsTheAspectRatio) {
  EXPECT_EQ(ResizedSize({160, 213}, 256), (ImageSize{256, 340}));
  EXPECT_EQ(ResizedSize({213, 160}, 256), (ImageSize{340, 256}));
  EXPECT_EQ(ResizedSize({100, 100}, 7), (ImageSize{7, 7}));
}

}  // namespace
}  // namespace tamp
