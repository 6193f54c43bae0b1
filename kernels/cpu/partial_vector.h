// Loads and stores of the first `count` lanes of a vector of floats, which
// never touch what lies behind; other lanes load as 0. (Highway's own touch it
// on some processors, and where vectors are scalars.)

// Compiled once for each instruction set, hence the guard that toggles.
#if defined(TAMP_KERNELS_CPU_PARTIAL_VECTOR_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef TAMP_KERNELS_CPU_PARTIAL_VECTOR_H_
#undef TAMP_KERNELS_CPU_PARTIAL_VECTOR_H_
#else
#define TAMP_KERNELS_CPU_PARTIAL_VECTOR_H_
#endif

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

// REQUIRES: count is at most the number of lanes.
template <class D>
HWY_INLINE hwy::HWY_NAMESPACE::Vec<D> LoadLanes(D d, const float* from,
                                                int64_t count) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_MEM_OPS_MIGHT_FAULT || HWY_TARGET == HWY_SCALAR
  HWY_ALIGN float lanes[hn::MaxLanes(D())] = {};
  for (int64_t i = 0; i < count; ++i) lanes[i] = from[i];
  return hn::Load(d, lanes);
#else
  return hn::MaskedLoad(hn::FirstN(d, count), d, from);
#endif
}

template <class D>
HWY_INLINE void StoreLanes(D d, hwy::HWY_NAMESPACE::Vec<D> value, int64_t count,
                           float* to) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_MEM_OPS_MIGHT_FAULT || HWY_TARGET == HWY_SCALAR
  HWY_ALIGN float lanes[hn::MaxLanes(D())];
  hn::Store(value, d, lanes);
  for (int64_t i = 0; i < count; ++i) to[i] = lanes[i];
#else
  hn::BlendedStore(value, hn::FirstN(d, count), d, to);
#endif
}

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#endif  // TAMP_KERNELS_CPU_PARTIAL_VECTOR_H_
