// How the CPU kernels cut a pooling into tiles, and what lies where in a tile's
// scratch memory.
//
// kMax works row by row. A row of z is split by columns: with u = column + pad,
// stride s, element u stands in phase u mod s at place u / s, so that what tap
// b reads for window j is element j + b / s of phase b mod s: adjoining windows
// read adjoining elements. Around the map there is -1, less than any z.
//
// No z is negative, not even a zero, so as 32-bit integers they have the same
// order, in which NaNs are the largest: that is how they are compared.

#ifndef TAMP_LAYERS_FUSED_POOLING_CPU_PLAN_H_
#define TAMP_LAYERS_FUSED_POOLING_CPU_PLAN_H_

#include <cstdint>
#include <vector>

#include "core/threads/tiles.h"
#include "layers/fused_pooling/fused_pooling_kernel.h"

namespace tamp {

// Floats of the longest vector that is used: 64 bytes.
constexpr int64_t kPoolingVector = 16;

// All sizes and places count floats.
struct FusedPoolingPlan {
  explicit FusedPoolingPlan(const FusedPoolingOptions& options);

  // A tile works on whole channels, images in order: so every sum has a fixed
  // order.
  Range TileChannels(int64_t tile) const {
    return TileRange(options.channels, num_tiles, tile);
  }
  int64_t workspace_floats() const { return num_tiles * tile_floats; }
  // In backward p, q and r of y lie behind the tiles' memory.
  int64_t finishing_terms() const { return workspace_floats(); }

  const FusedPoolingOptions options;
  int64_t num_tiles;

  // kMax. A row of phases has room for whole vectors behind each phase.
  int64_t phase_stride = 0;
  int64_t row_stride = 0;            // stride phases
  std::vector<int64_t> tap_offsets;  // of the column taps in a row of phases
  // The places of the map's columns in each phase, where the ends may be pad.
  int64_t first_place = 0, num_places = 0;
  // Rows that have one element a window: its first is at `margin`.
  int64_t margin = 0;
  int64_t window_stride = 0;
  int64_t windows_at_once = 0;  // windows that one row of x takes part in

  // Places in a tile's scratch memory.
  int64_t z = 0;       // as many rows of phases as the kernel has
  int64_t dz = 0;      // one row of phases
  int64_t line = 0;    // one row as it is in the map
  int64_t chosen = 0;  // windows_at_once rows: the largest element's tap
  int64_t dy = 0;      // windows_at_once rows, 0 outside of the windows
  int64_t tile_floats = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_POOLING_CPU_PLAN_H_
