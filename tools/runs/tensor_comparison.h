// How far the tensors of two safetensors files are apart, name by name.

#ifndef TAMP_TOOLS_RUNS_TENSOR_COMPARISON_H_
#define TAMP_TOOLS_RUNS_TENSOR_COMPARISON_H_

#include <string>
#include <vector>

#include "formats/safetensors.h"

namespace tamp {

struct TensorDifference {
  std::string name;
  // |b - a| / |a| in the Euclidean norm, |b - a| where a is all zeros;
  // infinite where a number of either is not finite or the shapes differ.
  double relative_error = 0;
  // The largest |b - a| of an element.
  double largest_difference = 0;
  // Not empty where the tensors cannot be compared, and why: the shapes, a type
  // that cannot be read (then the errors are infinite), or that one file has no
  // such tensor (then they are 0).
  std::string mismatch;
};

// One entry a name of either file, sorted by name.
std::vector<TensorDifference> CompareTensors(const Safetensors& a,
                                             const Safetensors& b);

}  // namespace tamp

#endif  // TAMP_TOOLS_RUNS_TENSOR_COMPARISON_H_
