// The loops of element-wise kernels on vectors of floats, and their threads.
//
//   MapRow       y_i = f(a_i, b_i, ..) for adjoining elements
//   MapElements  the same for strided tensors, on all threads
//   MapGradient  dx = f(a, b, ..), or dx += f(a, b, ..), as a GradMode says
//
// f takes vectors to a vector; as a lambda it needs Highway's HWY_ATTR:
//
//   MapElements(device, extents, y,
//               [=](FloatVector x) HWY_ATTR { return hn::Max(x, zero); }, x);
//
// A file that includes this is compiled once for each instruction set, hence
// the guard that toggles: layers/relu/relu_cpu.cc is an example.

#if defined(TAMP_KERNELS_CPU_ELEMENTWISE_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_KERNELS_CPU_ELEMENTWISE_H_
#undef TAMP_KERNELS_CPU_ELEMENTWISE_H_
#else
#define TAMP_KERNELS_CPU_ELEMENTWISE_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

#include "core/cpu/cpu_device.h"
#include "kernels/cpu/for_each_row.h"
#include "kernels/cpu/partial_vector.h"
#include "kernels/extents.h"
#include "kernels/grad_mode.h"
#include "kernels/strided.h"

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::ScalableTag<float>;
using FloatVector = hn::Vec<FloatTag>;

// The first `count` lanes, which are fewer than a vector has; nothing behind
// them is touched.
HWY_INLINE FloatVector LoadFirst(const float* from, int64_t count) {
  return LoadLanes(FloatTag(), from, count);
}
HWY_INLINE void StoreFirst(FloatVector value, int64_t count, float* to) {
  StoreLanes(FloatTag(), value, count, to);
}

template <class Function, class... Inputs>
HWY_INLINE void MapRow(int64_t size, float* y, const Function& function,
                       const Inputs*... inputs) {
  const FloatTag d;
  const int64_t lanes = hn::Lanes(d);
  int64_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    hn::StoreU(function(hn::LoadU(d, inputs + i)...), d, y + i);
  }
  if (i < size) {
    StoreFirst(function(LoadFirst(inputs + i, size - i)...), size - i, y + i);
  }
}

template <class Function, class... Inputs>
HWY_INLINE void MapElements(const CpuDevice& device, const Extents& extents,
                            const Strided<float>& y, const Function& function,
                            const Inputs&... inputs) {
  ForEachPiece(
      device, MergedRows(extents, y, inputs...),
      [&](int64_t n, int64_t c, int64_t begin, int64_t count) HWY_ATTR {
        MapRow(count, y.at(n, c) + begin, function, inputs.at(n, c) + begin...);
      });
}

template <class Function, class... Inputs>
HWY_INLINE void MapGradient(const CpuDevice& device, const Extents& extents,
                            GradMode mode, const Strided<float>& dx,
                            const Function& function, const Inputs&... inputs) {
  switch (mode) {
    case GradMode::kSkip:
      break;
    case GradMode::kWrite:
      MapElements(device, extents, dx, function, inputs...);
      break;
    case GradMode::kAdd:
      MapElements(
          device, extents, dx,
          [&](FloatVector sum, auto... lanes)
              HWY_ATTR { return hn::Add(sum, function(lanes...)); },
          dx, inputs...);
      break;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_KERNELS_CPU_ELEMENTWISE_H_
