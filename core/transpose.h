// How a matrix product takes one of its factors.

#ifndef TAMP_CORE_TRANSPOSE_H_
#define TAMP_CORE_TRANSPOSE_H_

namespace tamp {

enum class Transpose { kNo, kYes };

}  // namespace tamp

#endif  // TAMP_CORE_TRANSPOSE_H_
