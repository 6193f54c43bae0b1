// Numbers in a file's bytes.

#ifndef TAMP_TESTS_CUDA_JUDGE_CODE_BYTES_H_
#define TAMP_TESTS_CUDA_JUDGE_CODE_BYTES_H_

#include <cstddef>
#include <cstring>
#include <string_view>

#include "core/check.h"

namespace tamp {
namespace cuda_judge {

template <typename T>
T ReadAt(std::string_view bytes, size_t place) {
  CHECK(place <= bytes.size() && sizeof(T) <= bytes.size() - place)
      << "a file of compiled code ends at " << bytes.size() << ", not behind "
      << place;
  T value;
  std::memcpy(&value, bytes.data() + place, sizeof value);
  return value;
}

inline std::string_view Part(std::string_view bytes, size_t place,
                             size_t size) {
  CHECK(place <= bytes.size() && size <= bytes.size() - place)
      << "a file of compiled code ends at " << bytes.size() << ", not at "
      << place << " + " << size;
  return bytes.substr(place, size);
}

}  // namespace cuda_judge
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_JUDGE_CODE_BYTES_H_
