#include "data/images/warp.h"

#include <cmath>
#include <string>
#include <vector>

#include "core/rng.h"
#include "data/images/image.h"
#include "formats/safetensors.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;

Image RandomImage(int64_t channels, int64_t height, int64_t width) {
  Image image(channels, height, width);
  RandomStream random(4, height * 1000 + width);
  for (int64_t i = 0; i < image.view().num_pixels(); ++i) {
    image.data()[i] = 1 + random.UniformInt(255);  // 0 is the fill
  }
  return image;
}

std::vector<uint8_t> WarpAll(const ImageView& image,
                             const WarpOptions& options) {
  std::vector<uint8_t> out(
      image.channels * options.crop.height * options.crop.width, 77);
  Warp(ImageWindow::All(image), options, out.data());
  return out;
}

// The same in steps of plain loops.
Image PadReference(const ImageView& image, int64_t pad) {
  Image padded(image.channels, image.height + 2 * pad, image.width + 2 * pad);
  std::fill_n(padded.data(), padded.view().num_pixels(), uint8_t{0});
  for (int64_t c = 0; c < image.channels; ++c) {
    for (int64_t y = 0; y < image.height; ++y) {
      for (int64_t x = 0; x < image.width; ++x) {
        padded.row(c, y + pad)[x + pad] = image.row(c, y)[x];
      }
    }
  }
  return padded;
}

Image RotateReference(const ImageView& image, double degrees) {
  Image rotated(image.channels, image.height, image.width);
  const double t = degrees * (M_PI / 180);
  const double cx = image.width / 2.0, cy = image.height / 2.0;
  const auto fixed = [](double value) {
    return static_cast<int64_t>(std::floor(value * 65536 + 0.5));
  };
  for (int64_t c = 0; c < image.channels; ++c) {
    for (int64_t y = 0; y < image.height; ++y) {
      for (int64_t x = 0; x < image.width; ++x) {
        const int64_t from_x =
            (fixed(std::cos(t) * (0.5 - cx) - std::sin(t) * (0.5 - cy) + cx) +
             x * fixed(std::cos(t)) + y * fixed(-std::sin(t))) >>
            16;
        const int64_t from_y =
            (fixed(std::sin(t) * (0.5 - cx) + std::cos(t) * (0.5 - cy) + cy) +
             x * fixed(std::sin(t)) + y * fixed(std::cos(t))) >>
            16;
        const bool inside = from_x >= 0 && from_x < image.width &&
                            from_y >= 0 && from_y < image.height;
        rotated.row(c, y)[x] = inside ? image.row(c, from_y)[from_x] : 0;
      }
    }
  }
  return rotated;
}

std::vector<uint8_t> CropAndMirrorReference(const ImageView& image,
                                            const Window& crop, bool mirror) {
  std::vector<uint8_t> out;
  for (int64_t c = 0; c < image.channels; ++c) {
    for (int64_t y = 0; y < crop.height; ++y) {
      for (int64_t x = 0; x < crop.width; ++x) {
        const int64_t from = mirror ? crop.width - 1 - x : x;
        out.push_back(image.row(c, crop.top + y)[crop.left + from]);
      }
    }
  }
  return out;
}

TEST(WarpTest, ByHand) {
  Image image(1, 2, 3);
  std::copy_n("\x01\x02\x03\x04\x05\x06", 6, image.data());
  EXPECT_THAT(WarpAll(image.view(), {0, 0, {0, 0, 2, 3}, false}),
              ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(WarpAll(image.view(), {0, 0, {0, 0, 2, 3}, true}),
              ElementsAre(3, 2, 1, 6, 5, 4));
  EXPECT_THAT(WarpAll(image.view(), {1, 0, {0, 0, 2, 5}, false}),
              ElementsAre(0, 0, 0, 0, 0, 0, 1, 2, 3, 0));
  EXPECT_THAT(WarpAll(image.view(), {1, 0, {1, 3, 2, 2}, true}),
              ElementsAre(0, 3, 0, 6));
  EXPECT_THAT(WarpAll(image.view(), {0, 180, {0, 0, 2, 3}, false}),
              ElementsAre(6, 5, 4, 3, 2, 1));
}

// Counter-clockwise: what was at the right comes to the top.
TEST(WarpTest, TurnsCounterClockwise) {
  Image image(1, 2, 2);
  std::copy_n("\x01\x02\x03\x04", 4, image.data());
  EXPECT_THAT(WarpAll(image.view(), {0, 90, {0, 0, 2, 2}, false}),
              ElementsAre(2, 4, 1, 3));
}

TEST(WarpTest, EqualsItsSteps) {
  const ImageSize sizes[] = {{1, 1}, {5, 9}, {32, 32}, {33, 18}};
  RandomStream random(5);
  for (const ImageSize& size : sizes) {
    for (const int64_t pad : {0, 3}) {
      for (const double degrees : {0.0, 0.4, -17.0, 90.0, 123.0}) {
        const Image image = RandomImage(3, size.height, size.width);
        const int64_t height = size.height + 2 * pad;
        const int64_t width = size.width + 2 * pad;
        Window crop;
        crop.height = 1 + random.UniformInt(height);
        crop.width = 1 + random.UniformInt(width);
        crop.top = random.UniformInt(height - crop.height + 1);
        crop.left = random.UniformInt(width - crop.width + 1);
        const bool mirror = random.UniformInt(2) == 1;
        Image canvas = PadReference(image.view(), pad);
        if (degrees != 0) canvas = RotateReference(canvas.view(), degrees);
        EXPECT_EQ(WarpAll(image.view(), {pad, degrees, crop, mirror}),
                  CropAndMirrorReference(canvas.view(), crop, mirror))
            << size.height << "x" << size.width << " pad " << pad << " by "
            << degrees;
      }
    }
  }
}

// Warp needs no more of the image than WarpSource says.
TEST(WarpTest, SourceSuffices) {
  const Image image = RandomImage(2, 40, 50);
  RandomStream random(6);
  for (int i = 0; i < 50; ++i) {
    WarpOptions options;
    options.pad = random.UniformInt(8);
    options.degrees = i % 5 == 0 ? 0 : random.Uniform(-60, 60);
    options.crop.height = 1 + random.UniformInt(20);
    options.crop.width = 1 + random.UniformInt(20);
    options.crop.top = random.UniformInt(41 - options.crop.height);
    options.crop.left = random.UniformInt(51 - options.crop.width);
    const std::vector<uint8_t> expected = WarpAll(image.view(), options);

    const Window source = WarpSource({40, 50}, options);
    Image part(2, source.height, source.width);
    for (int64_t c = 0; c < 2; ++c) {
      for (int64_t y = 0; y < source.height; ++y) {
        std::copy_n(image.view().row(c, source.top + y) + source.left,
                    source.width, part.row(c, y));
      }
    }
    std::vector<uint8_t> out(expected.size());
    Warp({part.view(), source.top, source.left, {40, 50}}, options, out.data());
    EXPECT_EQ(out, expected);
  }
}

std::vector<uint8_t> Bytes(const Safetensors::Tensor* tensor) {
  return {tensor->bytes.begin(), tensor->bytes.end()};
}

ImageView ViewOf(const Safetensors::Tensor* tensor) {
  return {reinterpret_cast<const uint8_t*>(tensor->bytes.data()),
          tensor->dims[0], tensor->dims[1], tensor->dims[2]};
}

TEST(WarpTest, EqualsPillow) {
  ASSERT_OK_AND_ASSIGN(
      const Safetensors golden,
      Safetensors::Read("tests/golden/transforms.safetensors"));
  for (int i = 0; i < 4; ++i) {
    const std::string name = "cifar" + std::to_string(i);
    const Safetensors::Tensor* in = golden.Find(name + ".in");
    const Safetensors::Tensor* angle = golden.Find(name + ".angle");
    const Safetensors::Tensor* expected =
        golden.Find(name + ".pad4_rotate_nearest");
    ASSERT_TRUE(in != nullptr && angle != nullptr && expected != nullptr);
    ASSERT_OK_AND_ASSIGN(const std::vector<float> degrees, angle->ToFloats());
    EXPECT_EQ(WarpAll(ViewOf(in), {4, degrees[0], {0, 0, 40, 40}, false}),
              Bytes(expected));
  }
  EXPECT_EQ(WarpAll(ViewOf(golden.Find("photo.resize296")),
                    {0, 7.3, {0, 0, 296, 370}, false}),
            Bytes(golden.Find("photo.resize296_rotate7.3")));
  EXPECT_EQ(WarpAll(ViewOf(golden.Find("photo.resize256")),
                    {0, 0, {16, 48, 224, 224}, false}),
            Bytes(golden.Find("photo.resize256_centercrop224")));
}

}  // namespace
}  // namespace tamp
