// Philox (core/philox.h) on vectors: each 64-bit lane holds one word of one
// counter in its lower half, so that the widening product of the lower halves
// gives both halves that a round needs. Upper halves hold anything.
//
// The loop is compiled once for each instruction set (foreach_target.h includes
// this file again and again) and the widest that the machine has is run.

#include "kernels/cpu/dropout_factors.h"

#include <algorithm>
#include <cstring>

#include "core/philox.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/cpu/dropout_factors.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace tamp {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

void Fill(const DropoutMask& mask, int64_t begin, int64_t count,
          float* factors) {
  PhiloxBlock block = {};
  for (int64_t i = begin; i < begin + count; ++i) {
    if (i == begin || i % 4 == 0) block = Philox(mask.key, mask.step, i / 4);
    factors[i - begin] = block[i % 4] >= mask.threshold ? mask.kept : 0;
  }
}

#else

namespace hn = hwy::HWY_NAMESPACE;

using D32 = hn::ScalableTag<uint32_t>;
using D64 = hn::Repartition<uint64_t, D32>;
using DFloat = hn::Repartition<float, D32>;
using V32 = hn::Vec<D32>;
using V64 = hn::Vec<D64>;

// Independent vectors in flight, which hide the latency of the products.
constexpr int kUnroll = 4;
// The most numbers that one turn of the loop makes: four a counter.
constexpr int64_t kMaxChunk = 4 * kUnroll * hn::MaxLanes(D64());

// Four words a lane. No struct: its constructor would be compiled for another
// instruction set than the vectors in it.
using State = V64[4];

HWY_INLINE V64 Product(V64 x, V32 multiplier) {
  return hn::MulEven(hn::BitCast(D32(), x), multiplier);
}

HWY_INLINE void Round(V64 key0, V64 key1, State& s) {
  const V64 p0 = Product(s[0], hn::Set(D32(), 0xD2511F53));
  const V64 p1 = Product(s[2], hn::Set(D32(), 0xCD9E8D57));
  s[0] = hn::Xor(hn::ShiftRight<32>(p1), hn::Xor(s[1], key0));
  s[1] = p1;
  s[2] = hn::Xor(hn::ShiftRight<32>(p0), hn::Xor(s[3], key1));
  s[3] = p0;
}

// Two words a lane, as they stand in memory, to factors.
HWY_INLINE V64 ToFactors(V64 first, V64 second, V32 threshold,
                         hn::Vec<DFloat> kept) {
  const V64 low = hn::And(first, hn::Set(D64(), 0xFFFFFFFF));
  const V32 words = hn::BitCast(D32(), hn::Or(low, hn::ShiftLeft<32>(second)));
  const auto is_dropped = hn::RebindMask(DFloat(), hn::Gt(threshold, words));
  return hn::BitCast(D64(), hn::IfThenZeroElse(is_dropped, kept));
}

// The factors of as many elements as one turn makes, from 4 * counter on.
void Chunk(const DropoutMask& mask, uint64_t counter, float* factors) {
  const D64 d64;
  const int64_t lanes = hn::Lanes(d64);
  State states[kUnroll];
#pragma GCC unroll 4
  for (int u = 0; u < kUnroll; ++u) {
    const V64 counters =
        hn::Add(hn::Set(d64, counter + u * lanes), hn::Iota(d64, uint64_t{0}));
    State& s = states[u];
    s[0] = counters;
    s[1] = hn::ShiftRight<32>(counters);
    s[2] = hn::Set(d64, mask.step);
    s[3] = hn::Set(d64, mask.step >> 32);
  }
  uint32_t key0 = static_cast<uint32_t>(mask.key);
  uint32_t key1 = static_cast<uint32_t>(mask.key >> 32);
  for (int round = 0; round < 10; ++round) {
    const V64 k0 = hn::Set(d64, key0), k1 = hn::Set(d64, key1);
#pragma GCC unroll 4
    for (int u = 0; u < kUnroll; ++u) Round(k0, k1, states[u]);
    key0 += 0x9E3779B9;
    key1 += 0xBB67AE85;
  }
  const V32 threshold = hn::Set(D32(), mask.threshold);
  const auto kept = hn::Set(DFloat(), mask.kept);
  uint64_t* out = reinterpret_cast<uint64_t*>(factors);
#pragma GCC unroll 4
  for (int u = 0; u < kUnroll; ++u) {
    const State& s = states[u];
    hn::StoreInterleaved2(ToFactors(s[0], s[1], threshold, kept),
                          ToFactors(s[2], s[3], threshold, kept), d64,
                          out + 2 * u * lanes);
  }
}

void Fill(const DropoutMask& mask, int64_t begin, int64_t count,
          float* factors) {
  const int64_t size = 4 * kUnroll * hn::Lanes(D64());
  HWY_ALIGN float buffer[kMaxChunk];
  while (count > 0) {
    const int64_t skipped = begin % 4;
    const int64_t part = std::min(size - skipped, count);
    if (part == size) {
      Chunk(mask, begin / 4, factors);
    } else {
      Chunk(mask, begin / 4, buffer);
      std::memcpy(factors, buffer + skipped, part * sizeof(float));
    }
    begin += part;
    factors += part;
    count -= part;
  }
}

#endif  // HWY_TARGET == HWY_SCALAR

}  // namespace HWY_NAMESPACE
}  // namespace tamp
HWY_AFTER_NAMESPACE();

#if HWY_ONCE

namespace tamp {
namespace {

HWY_EXPORT(Fill);

}  // namespace

void DropoutFactors(const DropoutMask& mask, int64_t begin, int64_t count,
                    float* factors) {
  HWY_DYNAMIC_DISPATCH(Fill)(mask, begin, count, factors);
}

}  // namespace tamp

#endif  // HWY_ONCE
