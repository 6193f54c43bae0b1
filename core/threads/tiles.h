// Fixed cuts of work into tiles; see core/threads/parallel_for.h.

#ifndef TAMP_CORE_THREADS_TILES_H_
#define TAMP_CORE_THREADS_TILES_H_

#include <cstdint>

#include "core/host_device.h"

namespace tamp {

struct Range {
  int64_t begin;
  int64_t end;  // one past the last
  TAMP_HOST_DEVICE int64_t size() const { return end - begin; }
};

// The part of 0..total-1 that tile 0..num_tiles-1 works on: sizes differ by at
// most one, empty where there are more tiles than work.
TAMP_HOST_DEVICE inline Range TileRange(int64_t total, int64_t num_tiles,
                                        int64_t tile) {
  return {total * tile / num_tiles, total * (tile + 1) / num_tiles};
}

}  // namespace tamp

#endif  // TAMP_CORE_THREADS_TILES_H_
