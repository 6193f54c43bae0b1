#include "data/images/resize.h"

#include <algorithm>
#include <cmath>

#include "core/check.h"

namespace tamp {
namespace {

constexpr int kFractionBits = 22;
constexpr int32_t kHalf = 1 << (kFractionBits - 1);

uint8_t ToPixel(int32_t sum) {
  return std::clamp(sum >> kFractionBits, 0, 255);
}

int64_t MaxTaps(int64_t input, int64_t output) {
  const double support = std::max(1.0, double(input) / output);
  return static_cast<int64_t>(std::ceil(support)) * 2 + 1;
}

}  // namespace

ImageSize ResizedSize(const ImageSize& image, int64_t shorter) {
  return image.height <= image.width
             ? ImageSize{shorter, shorter * image.width / image.height}
             : ImageSize{shorter * image.height / image.width, shorter};
}

void Resizer::Axis::Compute(int64_t input, int64_t output, int64_t begin,
                            int64_t count) {
  const double scale = double(input) / output;
  const double support = std::max(1.0, scale);
  max_taps = MaxTaps(input, output);
  taps.resize(count * max_taps);
  first.resize(count);
  num_taps.resize(count);
  for (int64_t o = 0; o < count; ++o) {
    const double center = (begin + o + 0.5) * scale;
    const int64_t low =
        std::max<int64_t>(0, static_cast<int64_t>(center - support + 0.5));
    const int64_t high =
        std::min(input, static_cast<int64_t>(center + support + 0.5));
    first[o] = low;
    num_taps[o] = high - low;
    const auto weight = [&](int64_t i) {
      return std::max(0.0, 1 - std::fabs((i + 0.5 - center) / support));
    };
    double sum = 0;
    for (int64_t i = low; i < high; ++i) sum += weight(i);
    for (int64_t i = low; i < high; ++i) {
      taps[o * max_taps + i - low] =
          static_cast<int32_t>(0.5 + weight(i) / sum * (1 << kFractionBits));
    }
  }
}

void ResizeRoom::Include(int64_t channels, const ImageSize& image,
                         const ImageSize& resized) {
  narrow_pixels =
      std::max(narrow_pixels, channels * image.height * resized.width);
  result_pixels =
      std::max(result_pixels, channels * resized.height * resized.width);
  num_taps =
      std::max({num_taps, resized.width * MaxTaps(image.width, resized.width),
                resized.height * MaxTaps(image.height, resized.height)});
  num_outputs = std::max({num_outputs, resized.width, resized.height});
}

void Resizer::Reserve(const ResizeRoom& room) {
  for (Axis* axis : {&rows_, &columns_}) {
    axis->taps.reserve(room.num_taps);
    axis->first.reserve(room.num_outputs);
    axis->num_taps.reserve(room.num_outputs);
  }
  narrow_.Reserve(room.narrow_pixels);
  result_.Reserve(room.result_pixels);
  sums_.reserve(room.num_outputs);
}

void Resizer::ResizeRow(const uint8_t* row, int64_t width, uint8_t* out) const {
  for (int64_t x = 0; x < width; ++x) {
    const int32_t* taps = &rows_.taps[x * rows_.max_taps];
    const uint8_t* pixels = row + rows_.first[x];
    int32_t sum = kHalf;
    for (int32_t k = 0; k < rows_.num_taps[x]; ++k) sum += taps[k] * pixels[k];
    out[x] = ToPixel(sum);
  }
}

void Resizer::ResizeColumns(const uint8_t* top_row, int64_t row_stride,
                            int64_t y, int64_t width, uint8_t* out) {
  std::fill(sums_.begin(), sums_.end(), kHalf);
  for (int32_t k = 0; k < columns_.num_taps[y]; ++k) {
    const int32_t tap = columns_.taps[y * columns_.max_taps + k];
    const uint8_t* row = top_row + k * row_stride;
    for (int64_t x = 0; x < width; ++x) sums_[x] += tap * row[x];
  }
  for (int64_t x = 0; x < width; ++x) out[x] = ToPixel(sums_[x]);
}

ImageWindow Resizer::Resize(const ImageView& image, const ImageSize& size,
                            const Window& window) {
  CHECK(window.top >= 0 && window.top + window.height <= size.height);
  CHECK(window.left >= 0 && window.left + window.width <= size.width);
  CHECK(window.height > 0 && window.width > 0);
  rows_.Compute(image.width, size.width, window.left, window.width);
  columns_.Compute(image.height, size.height, window.top, window.height);
  sums_.resize(window.width);

  // Only the input rows that some output row of the window reads.
  const int64_t first_row = columns_.first[0];
  const int64_t num_rows = columns_.first[window.height - 1] +
                           columns_.num_taps[window.height - 1] - first_row;
  narrow_.Resize(image.channels, num_rows, window.width);
  result_.Resize(image.channels, window.height, window.width);
  for (int64_t c = 0; c < image.channels; ++c) {
    for (int64_t y = 0; y < num_rows; ++y) {
      ResizeRow(image.row(c, first_row + y), window.width, narrow_.row(c, y));
    }
    for (int64_t y = 0; y < window.height; ++y) {
      ResizeColumns(narrow_.row(c, columns_.first[y] - first_row), window.width,
                    y, window.width, result_.row(c, y));
    }
  }
  return {result_.view(), window.top, window.left, size};
}

}  // namespace tamp
