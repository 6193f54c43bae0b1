// What fills and copies memory.

#include "core/device/strided_rows.h"
#include "kernels/copy_kernel.h"
#include "kernels/cuda/copy_cuda.h"
#include "kernels/grad_mode.h"
#include "tests/cuda_judge/launches/rooms.h"

namespace tamp {
namespace cuda_judge {

void LaunchFill(JudgedGpu& gpu) {
  const Strided<float> maps = gpu.Maps(kStemMaps);
  gpu.device().Fill({maps.data, kStemMaps.num, kStemMaps.channels,
                     maps.image_stride, maps.channel_stride, kStemMaps.spatial},
                    0);
}

void LaunchCopies(JudgedGpu& gpu) {
  const auto kernel = MakeCopyCuda(gpu.queue());
  const Strided<float> x = gpu.Maps(kBlockMaps), y = gpu.Maps(kBlockMaps);
  CopyBlock block;
  block.num = kBlockMaps.num;
  block.channels = kBlockMaps.channels;
  block.columns = block.x_row_pitch = block.y_row_pitch = kBlockMaps.spatial;
  kernel->Copy(block, x, y, GradMode::kAdd);
  kernel->SetZero(block, y);
  kernel->CopyInOrder(x, kBlockMaps, y, kBlockMaps, GradMode::kWrite);
}

}  // namespace cuda_judge
}  // namespace tamp
