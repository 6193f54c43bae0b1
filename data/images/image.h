// Images of 8-bit pixels in planes: channel c, row y, column x stand at
// data[(c * height + y) * width + x].

#ifndef TAMP_DATA_IMAGES_IMAGE_H_
#define TAMP_DATA_IMAGES_IMAGE_H_

#include <cstdint>
#include <vector>

namespace tamp {

// In pixels.
struct ImageSize {
  int64_t height = 0;
  int64_t width = 0;

  friend bool operator==(const ImageSize& a, const ImageSize& b) {
    return a.height == b.height && a.width == b.width;
  }
};

// Somebody else's pixels.
struct ImageView {
  const uint8_t* data = nullptr;
  int64_t channels = 0, height = 0, width = 0;

  int64_t num_pixels() const { return channels * height * width; }
  const uint8_t* row(int64_t channel, int64_t y) const {
    return data + (channel * height + y) * width;
  }
};

// Its own pixels. Made to be reused: Resize allocates only when the image needs
// more memory than any before it.
class Image {
 public:
  Image() = default;
  Image(int64_t channels, int64_t height, int64_t width) {
    Resize(channels, height, width);
  }

  // The pixels are undefined afterwards.
  void Resize(int64_t channels, int64_t height, int64_t width) {
    channels_ = channels;
    height_ = height;
    width_ = width;
    pixels_.resize(channels * height * width);
  }
  // Makes room for that many pixels, over all channels.
  void Reserve(int64_t num_pixels) { pixels_.reserve(num_pixels); }

  uint8_t* data() { return pixels_.data(); }
  uint8_t* row(int64_t channel, int64_t y) {
    return pixels_.data() + (channel * height_ + y) * width_;
  }
  ImageView view() const {
    return {pixels_.data(), channels_, height_, width_};
  }

 private:
  std::vector<uint8_t> pixels_;
  int64_t channels_ = 0, height_ = 0, width_ = 0;
};

}  // namespace tamp

#endif  // TAMP_DATA_IMAGES_IMAGE_H_
