// How the CPU kernel cuts the fused convolution, and where in the workspace
// everything has its place. All of it depends on the options only, never on
// threads or on the instruction set, but for how that multiplies bfloat16: the
// options' bf16_products must be kFloats or kPairs.
//
// A tile of work is a range of images; it has its own scratch memory and its
// own sums, which are added up in the order of tiles. A tile walks over its
// images in panels, pieces small enough for the second-level cache. Within a
// panel a convolution is a product of matrices, whose columns are pixels:
//
//   forward   1x1   y[K][P]  = w z               z: packed, C rows
//             3x3   u[9K][P] = w z               then each output sums its nine
//                                                rows, shifted (small maps)
//   backward        dz[C][P] = w^T d             d: dy, or its nine shifts
//                   dw[R][C] = d z^T             R = K or 9K rows
//
// Forward 3x3 on maps of more than 16 columns is direct: nine taps on a packed
// plane with zeros around.
//
// A convolution that gathers is the 1x1 convolution of channels times taps rows
// on maps of y's size: a row is a channel of x as one tap sees it, gathered
// when it is packed.
//
// Of pairs of bfloat16 a packed row is one of words: of two rows that
// follow each other where a product sums over rows (y and dz), and of two
// pixels where it sums over pixels (dw). For 3x3, rows of d are paired by
// outputs of the same tap.

#ifndef TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PLAN_H_
#define TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PLAN_H_

#include <cstdint>
#include <vector>

#include "core/threads/tiles.h"
#include "kernels/moments.h"
#include "layers/fused_convolution/fused_convolution_kernel.h"

namespace tamp {

// The most floats in a vector register, and the most pixels that a register
// tile covers: rows of scratch matrices are padded to whole tiles.
constexpr int64_t kMaxVector = 16;
constexpr int64_t kTilePixels = 2 * kMaxVector;

// Rows and columns that a dot product of rows (weight gradient) makes at once.
constexpr int64_t kDotRows = 6, kDotChannels = 4;

// Numbers in a word of a packed row.
inline int64_t ValuesPerWord(const FusedConvolutionOptions& options) {
  return options.precision == ProductPrecision::kBf16 &&
                 options.bf16_products == Bf16Products::kPairs
             ? 2
             : 1;
}

inline int64_t RoundUp(int64_t value, int64_t step) {
  return (value + step - 1) / step * step;
}

// The rows of a matrix in blocks of 12, then of 8, since the tile of 12 rows
// uses registers best; the last block may be padded.
class RowBlocks {
 public:
  static constexpr int64_t kLarge = 12, kSmall = 8;

  struct Block {
    int64_t begin, height;
  };

  explicit RowBlocks(int64_t rows);

  int64_t rows() const { return rows_; }
  int64_t padded_rows() const {
    return num_large_ * kLarge + num_small_ * kSmall;
  }
  int64_t num_blocks() const { return num_large_ + num_small_; }
  Block block(int64_t index) const;

 private:
  int64_t rows_, num_large_, num_small_;
};

// Some whole images side by side, or a band of rows of one image.
struct Panel {
  int64_t image, num_images;
  int64_t row, num_rows;
};

// The cut of maps of one size into panels.
class PanelCut {
 public:
  PanelCut() = default;
  // Panels of about max_pixels: those that waste the fewest lanes of register
  // tiles. At most max_images at once.
  PanelCut(int64_t height, int64_t width, int64_t max_pixels,
           int64_t max_images);
  // Whole images only.
  static PanelCut WholeImages(int64_t height, int64_t width, int64_t max_pixels,
                              int64_t max_images);

  // The most pixels that a panel has.
  int64_t max_pixels() const { return num_images_ * num_rows_ * width_; }
  int64_t max_rows() const { return num_rows_; }
  int64_t max_images() const { return num_images_; }
  int64_t num_panels(Range images) const;
  Panel panel(Range images, int64_t index) const;

 private:
  int64_t num_bands() const { return (height_ + num_rows_ - 1) / num_rows_; }
  // Pixels of register tiles over all bands, and some for each panel's start.
  double CostPerPixel() const;

  int64_t height_ = 0, width_ = 0, num_images_ = 0, num_rows_ = 0;
};

// The packed planes of a direct convolution: rows of a channel with one zero
// column between them, which serves both neighbors, and a row above and below.
struct PaddedPlanes {
  PaddedPlanes() = default;
  PaddedPlanes(int64_t num_rows, int64_t width);

  // Where a plane holds what the tile of outputs that starts at `pixel` reads
  // with its first tap.
  int64_t TileOrigin(int64_t pixel) const {
    return follows_rows ? pixel / width * pitch + pixel % width : pixel;
  }
  // Pixels that tiles cover for num_rows rows.
  int64_t TiledPixels(int64_t num_rows) const {
    return RoundUp(num_rows * output_pitch, kTilePixels);
  }

  int64_t width = 0;
  bool follows_rows = false;  // no tile spans two rows
  int64_t pitch = 0;          // of rows of a plane
  int64_t output_pitch = 0;   // of rows of sums
  int64_t plane = 0;          // floats
  int64_t taps[9] = {};       // distance of each tap from the first
};

// Places in a block of floats, each aligned to 64 bytes.
class Places {
 public:
  int64_t Take(int64_t floats) {
    const int64_t place = size_;
    size_ += RoundUp(floats, kMaxVector);
    return place;
  }
  int64_t size() const { return size_; }

 private:
  int64_t size_ = 0;
};

struct ForwardPlan {
  explicit ForwardPlan(const FusedConvolutionOptions& options,
                       int64_t num_tiles);

  bool is_direct = false;
  RowBlocks blocks;      // of rows of w: outputs, or outputs times taps
  int64_t taps_at_once;  // 9 when direct, else 1
  int64_t num_rows;      // of words, of channels
  PanelCut cut;
  int64_t row_stride = 0;  // of matrices of a panel

  PaddedPlanes planes;       // direct:
  int64_t rows_at_once = 0;  //   planes that are packed together

  // All ones where pixel p of a panel has the neighbor of tap t, else 0: at
  // t * row_stride + p. For 3x3 that is not direct.
  std::vector<uint32_t> neighbors;

  // Places in the workspace of all, and in that of a tile.
  int64_t weights, moments, tiles;
  // Of the norm behind: doubles, and what y is shifted by.
  int64_t output_scales = 0, output_shifts = 0;
  int64_t input, output, sums = 0, factors;
  int64_t values = 0;  // two rows of floats, gathered before they are rounded
  int64_t tile_floats, workspace_floats;
};

struct BackwardPlan {
  explicit BackwardPlan(const FusedConvolutionOptions& options,
                        int64_t num_tiles);

  // Where a tile's gradient of the weight has the element of row r (output
  // times taps plus tap) and channel c: blocks of 4 channels times 6 rows.
  int64_t WeightGradIndex(int64_t r, int64_t c) const {
    return c / kDotChannels * kDotChannels * dot_rows +
           r / kDotRows * kDotRows * kDotChannels +
           c % kDotChannels * kDotRows + r % kDotRows;
  }

  RowBlocks blocks;      // of channels
  int64_t word_rows;     // of d, to sum over
  int64_t num_rows;      // R: outputs times taps
  int64_t dot_rows;      // R padded
  int64_t dot_channels;  // C padded
  PanelCut cut;
  int64_t row_stride = 0;
  int64_t dot_stride = 0;     // of rows of words of pixels
  int64_t shifted_plane = 0;  // words of one shifted copy of dy

  int64_t weights, tiles, finishing_terms;
  // d as rows to sum over, and d and z as rows of pixels to sum over; the first
  // two are the same where a word is a float.
  int64_t columns, dot_columns, input;
  int64_t values = 0;  // two rows of floats, before they are rounded
  int64_t values_stride = 0;
  int64_t shifted = 0, factors, pooled, spread;
  int64_t weight_grad, norm_sums;
  int64_t tile_floats, workspace_floats;
};

struct FusedConvolutionPlan {
  explicit FusedConvolutionPlan(const FusedConvolutionOptions& options);

  Range TileImages(int64_t tile) const {
    return TileRange(options.num, num_tiles, tile);
  }

  // Those of the 1x1 convolution where it gathers, and the images to gather
  // from.
  FusedConvolutionOptions options, images;
  int64_t num_tiles;
  ForwardPlan forward;
  BackwardPlan backward;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_CONVOLUTION_CPU_PLAN_H_
