// CUDA's atomic operations, for the types that it has them for; part of
// tests/cuda_sim/language/cuda_language.h.

#ifndef TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_ATOMICS_H_
#define TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_ATOMICS_H_

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "tests/cuda_sim/language/calls.h"

namespace tamp {
namespace cuda_sim {

// *address = update(*address); returns the value before.
template <typename T, typename Update>
T AtomicUpdate(T* address, Update update, Place place) {
  // The compiler's atomics know only integers.
  using Integer = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  typedef Integer __attribute__((may_alias)) Bits;
  BeforeAtomic();
  auto* bits = reinterpret_cast<Bits*>(address);
  Bits before = __atomic_load_n(bits, __ATOMIC_RELAXED), after;
  T value;
  do {
    std::memcpy(&value, &before, sizeof value);
    const T updated = update(value);
    std::memcpy(&after, &updated, sizeof after);
  } while (!__atomic_compare_exchange_n(bits, &before, after, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED));
  AfterAtomic(address, before != after, place);
  return value;
}

template <typename T, typename... Types>
constexpr bool kIsOneOf = (std::is_same_v<T, Types> || ...);

// Only the first argument's type counts, as for CUDA's overloads.
template <typename T>
struct Same {
  using type = T;
};
template <typename T>
using SameType = typename Same<T>::type;

}  // namespace cuda_sim
}  // namespace tamp

template <typename T>
T atomicAdd(T* address, tamp::cuda_sim::SameType<T> term, CUDA_SIM_PLACE) {
  static_assert(tamp::cuda_sim::kIsOneOf<T, int, unsigned, unsigned long long,
                                         float, double>);
  return tamp::cuda_sim::AtomicUpdate(
      address, [term](T value) { return static_cast<T>(value + term); },
      {file, line});
}

template <typename T>
T atomicMax(T* address, tamp::cuda_sim::SameType<T> other, CUDA_SIM_PLACE) {
  static_assert(tamp::cuda_sim::kIsOneOf<T, int, unsigned, long long,
                                         unsigned long long>);
  return tamp::cuda_sim::AtomicUpdate(
      address, [other](T value) { return value < other ? other : value; },
      {file, line});
}

template <typename T>
T atomicMin(T* address, tamp::cuda_sim::SameType<T> other, CUDA_SIM_PLACE) {
  static_assert(tamp::cuda_sim::kIsOneOf<T, int, unsigned, long long,
                                         unsigned long long>);
  return tamp::cuda_sim::AtomicUpdate(
      address, [other](T value) { return other < value ? other : value; },
      {file, line});
}

template <typename T>
T atomicExch(T* address, tamp::cuda_sim::SameType<T> after, CUDA_SIM_PLACE) {
  static_assert(
      tamp::cuda_sim::kIsOneOf<T, int, unsigned, unsigned long long, float>);
  return tamp::cuda_sim::AtomicUpdate(address, [after](T) { return after; },
                                      {file, line});
}

template <typename T>
T atomicCAS(T* address, tamp::cuda_sim::SameType<T> expected,
            tamp::cuda_sim::SameType<T> after, CUDA_SIM_PLACE) {
  static_assert(tamp::cuda_sim::kIsOneOf<T, int, unsigned, unsigned long long>);
  return tamp::cuda_sim::AtomicUpdate(
      address,
      [expected, after](T value) { return value == expected ? after : value; },
      {file, line});
}

#endif  // TAMP_TESTS_CUDA_SIM_LANGUAGE_CUDA_ATOMICS_H_
