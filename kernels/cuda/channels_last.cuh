// Both sides are read and written in runs of 32: a block turns a tile of so
// many channels and positions over in shared memory.

#ifndef TAMP_KERNELS_CUDA_CHANNELS_LAST_CUH_
#define TAMP_KERNELS_CUDA_CHANNELS_LAST_CUH_

#include <cstdint>

#include "core/cuda/launch.h"
#include "kernels/cuda/half.cuh"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

namespace tamp {

constexpr int kTileSize = 32;
constexpr int kTileRows = 8;  // of threads, each of which has kTileSize

// The tiles of all images, and where one begins.
struct ChannelTiles {
  Extents extents;

  __host__ __device__ int64_t of_channels() const {
    return (extents.channels + kTileSize - 1) / kTileSize;
  }
  __host__ __device__ int64_t of_positions() const {
    return (extents.spatial + kTileSize - 1) / kTileSize;
  }
  __host__ __device__ int64_t count() const {
    return extents.num * of_channels() * of_positions();
  }

  struct Place {
    int64_t image, channel, position;
  };
  __device__ Place at(int64_t tile) const {
    const int64_t row = tile / of_positions();
    return {row / of_channels(), row % of_channels() * kTileSize,
            tile % of_positions() * kTileSize};
  }
};

template <typename Element>
__global__ void __launch_bounds__(kTileSize* kTileRows, 2)
    PackTiles(ChannelTiles tiles, Strided<const float> x, Element* packed) {
  __shared__ float tile[kTileSize][kTileSize + 1];
  static_assert(sizeof tile <= kMostSharedBytes);
  const Extents& e = tiles.extents;
  for (int64_t t = blockIdx.x; t < tiles.count(); t += gridDim.x) {
    const ChannelTiles::Place place = tiles.at(t);
    for (int i = threadIdx.y; i < kTileSize; i += kTileRows) {
      const int64_t c = place.channel + i, s = place.position + threadIdx.x;
      if (c < e.channels && s < e.spatial) {
        tile[i][threadIdx.x] = x.at(place.image, c)[s];
      }
    }
    __syncthreads();
    for (int i = threadIdx.y; i < kTileSize; i += kTileRows) {
      const int64_t s = place.position + i, c = place.channel + threadIdx.x;
      if (c < e.channels && s < e.spatial) {
        packed[(place.image * e.spatial + s) * e.channels + c] =
            FromFloat<Element>(tile[threadIdx.x][i]);
      }
    }
    __syncthreads();  // before the next tile is written
  }
}

template <typename Element>
__global__ void __launch_bounds__(kTileSize* kTileRows)
    UnpackTiles(ChannelTiles tiles, const Element* packed, GradMode mode,
                Strided<float> x) {
  __shared__ float tile[kTileSize][kTileSize + 1];
  static_assert(sizeof tile <= kMostSharedBytes);
  const Extents& e = tiles.extents;
  for (int64_t t = blockIdx.x; t < tiles.count(); t += gridDim.x) {
    const ChannelTiles::Place place = tiles.at(t);
    for (int i = threadIdx.y; i < kTileSize; i += kTileRows) {
      const int64_t s = place.position + i, c = place.channel + threadIdx.x;
      if (c < e.channels && s < e.spatial) {
        tile[i][threadIdx.x] =
            ToFloat(packed[(place.image * e.spatial + s) * e.channels + c]);
      }
    }
    __syncthreads();
    for (int i = threadIdx.y; i < kTileSize; i += kTileRows) {
      const int64_t c = place.channel + i, s = place.position + threadIdx.x;
      if (c < e.channels && s < e.spatial) {
        StoreGrad(mode, tile[threadIdx.x][i], x.at(place.image, c) + s);
      }
    }
    __syncthreads();  // before the next tile is written
  }
}

}  // namespace tamp

#endif  // TAMP_KERNELS_CUDA_CHANNELS_LAST_CUH_
