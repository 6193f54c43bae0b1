#include "layers/fused_convolution/cpu/plan.h"

#include <algorithm>

#include "kernels/fused_norm.h"

namespace tamp {
namespace {

// Tiles of work: enough for eight threads, few enough that their sums of the
// weight gradient cost little.
constexpr int64_t kMaxTiles = 8;
// Pixels of a tile: fewer would not fill a panel; and with more than four tiles
// there must be enough to pay for their sums.
constexpr int64_t kMinTilePixels = 384, kManyTilesPixels = 1024;

// Pixels of a panel: below, each panel's start costs too much; above, ten rows
// do not fit the first-level cache. Of pairs they are twice as many, as are
// the floats: a product reads half of them.
constexpr int64_t kMinPanelPixels = 128, kMaxPanelPixels = 800;
// Floats of a panel's matrices in the second-level cache (640 KiB).
constexpr int64_t kPanelFloats = 160 * 1024;
// Floats of packed planes that a direct convolution keeps in that cache.
constexpr int64_t kPlaneFloats = 64 * 1024;
constexpr int64_t kMaxRowsAtOnce = 32;
// Wider maps are convolved directly, and so are those that do not fit a panel.
constexpr int64_t kMaxProductWidth = 16;
// Rows of a plane that a direct convolution works on, by their pixels.
constexpr int64_t kDirectPixels = 3200;

int64_t PanelPixels(const FusedConvolutionOptions& o, int64_t matrix_rows) {
  const int64_t values = ValuesPerWord(o);
  return std::clamp(values * kPanelFloats / matrix_rows, kMinPanelPixels,
                    values * kMaxPanelPixels);
}

int64_t NumTiles(const FusedConvolutionOptions& o) {
  const int64_t pixels = o.num * o.output_size();
  int64_t num_tiles = 1;  // a power of two, since such are numbers of threads
  while (2 * num_tiles <= std::min(o.num, kMaxTiles)) {
    const int64_t least = num_tiles < 4 ? kMinTilePixels : kManyTilesPixels;
    if (pixels < 2 * num_tiles * least) break;
    num_tiles *= 2;
  }
  return num_tiles;
}

// Words for `count` numbers.
int64_t NumWords(int64_t count, int64_t values_per_word) {
  return (count + values_per_word - 1) / values_per_word;
}

int64_t MaxTileImages(int64_t num, int64_t num_tiles) {
  return (num + num_tiles - 1) / num_tiles;
}

// Rows far enough apart that they do not meet in the same cache sets.
int64_t RowStride(int64_t pixels) {
  return RoundUp(pixels, kTilePixels) + kMaxVector;
}

bool IsDirect(const FusedConvolutionOptions& o) {
  return o.kernel == 3 &&
         (o.width > kMaxProductWidth || o.height * o.width > kMaxPanelPixels);
}

// The masks of ForwardPlan::neighbors.
std::vector<uint32_t> Neighbors(const FusedConvolutionOptions& o,
                                int64_t num_images, int64_t row_stride) {
  std::vector<uint32_t> masks(9 * row_stride);
  const int64_t size = o.height * o.width;
  for (int64_t t = 0; t < 9; ++t) {
    for (int64_t p = 0; p < num_images * size; ++p) {
      const int64_t h = p % size / o.width + t / 3 - 1;
      const int64_t w = p % o.width + t % 3 - 1;
      const bool is_inside = h >= 0 && h < o.height && w >= 0 && w < o.width;
      masks[t * row_stride + p] = is_inside ? ~uint32_t{0} : 0;
    }
  }
  return masks;
}

// Rows of a panel's matrices: x, which both gradients read, and d. Pooling
// reads four pixels of x for one of the panel, and keeps their gradient.
int64_t BackwardRows(const FusedConvolutionOptions& o) {
  return (o.pools ? 5 : 1) * o.channels + o.num_output * o.taps();
}

FusedConvolutionOptions ProductOptions(FusedConvolutionOptions o) {
  if (!o.gathers) return o;
  const int64_t height = o.output_h(), width = o.output_w();
  o.channels *= o.taps();
  o.height = height;
  o.width = width;
  o.kernel = 1;
  o.stride = 1;
  o.pad = 0;
  return o;
}

}  // namespace

RowBlocks::RowBlocks(int64_t rows) : rows_(rows) {
  const int64_t quads = (rows + 3) / 4;  // a block is three quads or two
  num_large_ = quads / 3;
  num_small_ = quads % 3 == 2 ? 1 : 0;
  if (quads % 3 == 1) {  // 3 + 1 is 2 + 2; a single quad is padded
    num_small_ = num_large_ > 0 ? 2 : 1;
    num_large_ = std::max<int64_t>(num_large_ - 1, 0);
  }
}

RowBlocks::Block RowBlocks::block(int64_t index) const {
  if (index < num_large_) return {index * kLarge, kLarge};
  return {num_large_ * kLarge + (index - num_large_) * kSmall, kSmall};
}

PanelCut::PanelCut(int64_t height, int64_t width, int64_t max_pixels,
                   int64_t max_images) {
  *this = WholeImages(height, width, max_pixels, max_images);
  double cost = height * width <= max_pixels ? CostPerPixel() : 1e9;
  PanelCut bands = *this;
  bands.num_images_ = 1;
  const int64_t most = std::clamp<int64_t>(max_pixels / width, 1, height);
  for (bands.num_rows_ = 1; bands.num_rows_ <= most; ++bands.num_rows_) {
    if (bands.CostPerPixel() >= cost) continue;
    cost = bands.CostPerPixel();
    *this = bands;
  }
}

PanelCut PanelCut::WholeImages(int64_t height, int64_t width,
                               int64_t max_pixels, int64_t max_images) {
  PanelCut cut, best;
  cut.height_ = cut.num_rows_ = height;
  cut.width_ = width;
  double cost = 1e9;
  const int64_t most =
      std::clamp<int64_t>(max_pixels / (height * width), 1, max_images);
  for (cut.num_images_ = 1; cut.num_images_ <= most; ++cut.num_images_) {
    if (cut.CostPerPixel() >= cost) continue;
    cost = cut.CostPerPixel();
    best = cut;
  }
  return best;
}

double PanelCut::CostPerPixel() const {
  constexpr int64_t kPanelStart = 12;
  const int64_t last_rows = height_ - (num_bands() - 1) * num_rows_;
  const auto tiled = [&](int64_t rows) {
    return RoundUp(num_images_ * rows * width_, kMaxVector) + kPanelStart;
  };
  const int64_t total = (num_bands() - 1) * tiled(num_rows_) + tiled(last_rows);
  return double(total) / double(num_images_ * height_ * width_);
}

int64_t PanelCut::num_panels(Range images) const {
  return (images.size() + num_images_ - 1) / num_images_ * num_bands();
}

Panel PanelCut::panel(Range images, int64_t index) const {
  Panel panel;
  panel.image = images.begin + index / num_bands() * num_images_;
  panel.num_images = std::min(num_images_, images.end - panel.image);
  panel.row = index % num_bands() * num_rows_;
  panel.num_rows = std::min(num_rows_, height_ - panel.row);
  return panel;
}

PaddedPlanes::PaddedPlanes(int64_t num_rows, int64_t width)
    : width(width),
      follows_rows(width % kTilePixels == 0),
      pitch(width + 1),
      output_pitch(follows_rows ? width : pitch) {
  plane = RoundUp(RoundUp(num_rows * pitch, kTilePixels) + 2 * pitch + 2,
                  kMaxVector);
  if (plane % 1024 == 0) plane += kMaxVector;
  for (int64_t t = 0; t < 9; ++t) taps[t] = t / 3 * pitch + t % 3;
}

ForwardPlan::ForwardPlan(const FusedConvolutionOptions& o, int64_t num_tiles)
    : is_direct(IsDirect(o)),
      blocks(is_direct ? o.num_output : o.num_output * o.taps()),
      taps_at_once(is_direct ? 9 : 1),
      num_rows(NumWords(o.channels, ValuesPerWord(o))) {
  const int64_t max_images = MaxTileImages(o.num, num_tiles);
  Places tile;
  if (is_direct) {
    cut = PanelCut(o.height, o.width, kDirectPixels, 1);
    planes = PaddedPlanes(cut.max_rows(), o.width);
    rows_at_once = std::clamp<int64_t>(kPlaneFloats / planes.plane, 1,
                                       std::min(num_rows, kMaxRowsAtOnce));
    row_stride = planes.TiledPixels(cut.max_rows()) + kMaxVector;
    input = tile.Take(rows_at_once * planes.plane);
  } else {
    const int64_t pixels = PanelPixels(o, num_rows + blocks.rows());
    cut = o.kernel == 3
              ? PanelCut::WholeImages(o.height, o.width, pixels, max_images)
              : PanelCut(o.output_h(), o.output_w(), pixels, max_images);
    row_stride = RowStride(cut.max_pixels());
    input = tile.Take(num_rows * row_stride);
    if (o.gathers) values = tile.Take(2 * row_stride);
  }
  // Shifted rows are read from before the first to behind the last.
  const int64_t margin = RoundUp(o.width + 1, kMaxVector);
  output = tile.Take(margin) + margin;
  tile.Take(blocks.padded_rows() * row_stride + margin + kTilePixels);
  if (o.kernel == 3 && !is_direct) {
    neighbors = Neighbors(o, cut.max_images(), row_stride);
    sums = tile.Take(4 * row_stride);
  }
  factors = tile.Take(o.drops ? cut.max_rows() * o.output_w() : 0);
  tile_floats = tile.size();

  Places all;
  weights = all.Take(blocks.padded_rows() * num_rows * taps_at_once);
  moments = all.Take(num_tiles * o.num_output *
                     int64_t{sizeof(Moments) / sizeof(float)});
  tiles = all.Take(num_tiles * tile_floats);
  if (o.shifts_output) {
    constexpr int64_t kFloatsOfDouble = sizeof(double) / sizeof(float);
    output_scales = all.Take(kFloatsOfDouble * o.num_output);
    output_shifts = all.Take(o.num_output);
  }
  workspace_floats = all.size();
}

BackwardPlan::BackwardPlan(const FusedConvolutionOptions& o, int64_t num_tiles)
    : blocks(o.channels),
      word_rows(NumWords(o.num_output, ValuesPerWord(o)) * o.taps()),
      num_rows(o.num_output * o.taps()),
      dot_rows(RoundUp(num_rows, kDotRows)),
      dot_channels(RoundUp(o.channels, kDotChannels)),
      cut(o.output_h(), o.output_w(), PanelPixels(o, BackwardRows(o)),
          MaxTileImages(o.num, num_tiles)) {
  row_stride = RowStride(cut.max_pixels());
  Places tile;
  if (ValuesPerWord(o) == 2) {
    dot_stride = RoundUp(cut.max_pixels(), kTilePixels) / 2 + kMaxVector;
    columns = tile.Take(word_rows * row_stride);
    dot_columns = tile.Take(dot_rows * dot_stride);
    values_stride = RoundUp((cut.max_pixels() + 2 * o.width), kTilePixels);
    values = tile.Take(2 * values_stride);
  } else {
    dot_stride = row_stride;
    columns = dot_columns = tile.Take(dot_rows * row_stride);
  }
  input = tile.Take(kDotChannels * dot_stride);
  if (o.kernel == 3) {
    shifted_plane = RoundUp((cut.max_rows() + 2) * o.width, kMaxVector);
    shifted = tile.Take(3 * shifted_plane);
  }
  factors = tile.Take(o.drops ? (cut.max_rows() + 2) * o.output_w() : 0);
  pooled = tile.Take(o.pools ? blocks.padded_rows() * row_stride : 0);
  spread = tile.Take(o.pools ? RoundUp(o.width, kTilePixels) : 0);
  weight_grad = tile.Take(dot_rows * dot_channels);
  norm_sums = tile.Take(o.normalizes ? 2 * o.channels * kMaxVector : 0);
  tile_floats = tile.size();

  Places all;
  weights = all.Take(blocks.padded_rows() * word_rows);
  tiles = all.Take(num_tiles * tile_floats);
  finishing_terms =
      all.Take(o.has_statistics ? NumFinishingTerms(o.num_output) : 0);
  workspace_floats = all.size();
}

FusedConvolutionPlan::FusedConvolutionPlan(
    const FusedConvolutionOptions& options)
    : options(ProductOptions(options)),
      images(options),
      num_tiles(NumTiles(this->options)),
      forward(this->options, num_tiles),
      backward(this->options, num_tiles) {}

}  // namespace tamp
