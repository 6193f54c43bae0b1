// A kernel with its arguments becomes work of a stream.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_LAUNCH_KERNEL_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_LAUNCH_KERNEL_H_

#include <cuda_runtime_api.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace tamp {
namespace cuda_sim {

// A pointer that a kernel is given. Where it ends nobody knows, so it counts
// for one element.
struct PointerArgument {
  int argument;  // from 0
  const void* address;
  size_t bytes;
  bool is_written;
  // Found among the bytes of a struct, where a number may look like it.
  bool is_guess;
};

// The bytes of a struct, with 0 in the gaps between its members, where whatever
// the stack held may look like a pointer.
template <typename T>
std::array<char, sizeof(T)> BytesWithoutGaps(const T& value) {
  alignas(T) std::array<char, sizeof(T)> bytes;
  std::memcpy(bytes.data(), &value, sizeof value);
  __builtin_clear_padding(reinterpret_cast<T*>(bytes.data()));
  return bytes;
}

// Adds those of argument number `i`. A struct's words are looked at one by one,
// and count as read only: what they point at has no type.
template <typename T>
void AddPointers(int i, const T& argument, std::vector<PointerArgument>* all) {
  if constexpr (std::is_pointer_v<T>) {
    using Element = std::remove_pointer_t<T>;
    size_t bytes = 1;
    if constexpr (!std::is_void_v<Element>) bytes = sizeof(Element);
    all->push_back({i, argument, bytes, !std::is_const_v<Element>, false});
  } else if constexpr (std::is_class_v<T>) {
    const std::array<char, sizeof(T)> bytes = BytesWithoutGaps(argument);
    for (size_t at = 0; at + sizeof(void*) <= sizeof(T); at += sizeof(void*)) {
      void* word;
      std::memcpy(&word, bytes.data() + at, sizeof word);
      all->push_back({i, word, 1, false, true});
    }
  }
}

// "kernel (float const*, float*, long)", of a type void (*)(...).
std::string KernelName(const std::type_info& type);

struct KernelLaunch {
  const std::string& name;
  const void* kernel;
  std::vector<PointerArgument> pointers;
  std::function<void()> body;  // of one thread of the grid
};

// Fails where a device would refuse the launch, and where a pointer is not of
// its memory. The order of threads and blocks is that of the ScopedOptions at
// the time of this call.
cudaError_t QueueKernel(const cudaLaunchConfig_t& config, KernelLaunch launch);

template <typename... Parameters, typename... Arguments>
cudaError_t LaunchKernelEx(const cudaLaunchConfig_t& config,
                           void (*kernel)(Parameters...),
                           Arguments&&... arguments) {
  static const std::string name = KernelName(typeid(kernel));
  const std::tuple<Parameters...> converted(
      std::forward<Arguments>(arguments)...);
  std::vector<PointerArgument> pointers;
  std::apply(
      [&](const auto&... values) {
        int i = 0;
        (AddPointers(i++, values, &pointers), ...);
      },
      converted);
  return QueueKernel(
      config, {name, reinterpret_cast<const void*>(kernel), std::move(pointers),
               [kernel, converted] { std::apply(kernel, converted); }});
}

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_LAUNCH_KERNEL_H_
