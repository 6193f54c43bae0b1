// Work on a strided tensor row by row, on all threads.

#ifndef TAMP_KERNELS_CPU_FOR_EACH_ROW_H_
#define TAMP_KERNELS_CPU_FOR_EACH_ROW_H_

#include <algorithm>
#include <cstdint>

#include "core/cpu/cpu_device.h"
#include "core/threads/tiles.h"
#include "kernels/extents.h"

namespace tamp {

// Calls body(item) for each item in 0..count-1, in at most 64 tiles.
template <typename Body>
void ForEachItem(const CpuDevice& device, int64_t count, const Body& body) {
  constexpr int64_t kMaxTiles = 64;
  const int64_t num_tiles = std::min(count, kMaxTiles);
  device.ParallelFor(num_tiles, [&](int64_t tile) {
    const Range range = TileRange(count, num_tiles, tile);
    for (int64_t i = range.begin; i < range.end; ++i) body(i);
  });
}

// Calls body(image, channel) for every row of so many spatial elements.
template <typename Body>
void ForEachRow(const CpuDevice& device, const Extents& extents,
                const Body& body) {
  ForEachItem(device, extents.num * extents.channels, [&](int64_t row) {
    body(row / extents.channels, row % extents.channels);
  });
}

// Calls body(image, channel, begin, count) for all elements in pieces of rows:
// a batch of one image has work for all threads too.
template <typename Body>
void ForEachPiece(const CpuDevice& device, const Extents& extents,
                  const Body& body) {
  constexpr int64_t kPiece = 16384;
  const int64_t pieces_per_row = (extents.spatial + kPiece - 1) / kPiece;
  const Extents pieces = {extents.num, extents.channels * pieces_per_row, 1};
  ForEachRow(device, pieces, [&](int64_t n, int64_t piece) {
    const int64_t begin = piece % pieces_per_row * kPiece;
    body(n, piece / pieces_per_row, begin,
         std::min(kPiece, extents.spatial - begin));
  });
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CPU_FOR_EACH_ROW_H_
