#include <algorithm>

#include "core/cuda/launch.h"
#include "kernels/cuda/channels_last.cuh"
#include "kernels/cuda/channels_last.h"

namespace tamp {
namespace {

GridSize GridOf(const CudaQueue& queue, const ChannelTiles& tiles) {
  const int64_t most = 16 * int64_t{queue.num_multiprocessors()};
  return GridSize(static_cast<unsigned>(std::min(tiles.count(), most)),
                  dim3(kTileSize, kTileRows));
}

template <typename Element>
void Pack(CudaQueue& queue, const ChannelTiles& tiles,
          const Strided<const float>& x, void* packed) {
  LaunchKernel(queue, PackTiles<Element>, GridOf(queue, tiles), tiles, x,
               static_cast<Element*>(packed));
}

template <typename Element>
void Unpack(CudaQueue& queue, const ChannelTiles& tiles, const void* packed,
            GradMode mode, const Strided<float>& x) {
  LaunchKernel(queue, UnpackTiles<Element>, GridOf(queue, tiles), tiles,
               static_cast<const Element*>(packed), mode, x);
}

}  // namespace

void PackChannelsLast(CudaQueue& queue, const Extents& extents,
                      const Strided<const float>& x, HalfType type,
                      void* packed) {
  if (type == HalfType::kFp16) {
    Pack<__half>(queue, {extents}, x, packed);
  } else {
    Pack<__nv_bfloat16>(queue, {extents}, x, packed);
  }
}

void UnpackChannelsLast(CudaQueue& queue, const Extents& extents,
                        const void* packed, HalfType type, GradMode mode,
                        const Strided<float>& x) {
  if (type == HalfType::kFp16) {
    Unpack<__half>(queue, {extents}, packed, mode, x);
  } else {
    Unpack<__nv_bfloat16>(queue, {extents}, packed, mode, x);
  }
}

}  // namespace tamp
