// Accuracy: the share of lines of scores whose label is among the best top_k
// classes. A line x_0 .. x_{K-1} with label l is right when fewer than top_k of
// the other classes have a score that is not below x_l: ties count against the
// label, as in Caffe. Where the cross-entropy of a line would not be finite it
// is wrong, whatever top_k: where a score is NaN or +inf, or x_l is -inf.
//
//   accuracy            = right lines / counted lines
//   class_accuracy[c]   = the same over the lines of label c
//
// Lines whose label is ignore_label are not counted; where nothing is counted
// the share is 0. Any other label must be a class; one that is not ends the
// program.

#ifndef TAMP_LAYERS_ACCURACY_ACCURACY_KERNEL_H_
#define TAMP_LAYERS_ACCURACY_ACCURACY_KERNEL_H_

#include <cstdint>

#include "kernels/axis_lines.h"
#include "kernels/extents.h"
#include "kernels/strided.h"

namespace tamp {

struct AccuracyOptions {
  AxisLines lines;  // of the scores, along the classes
  Extents labels;   // as many as lines, in the same order
  int64_t top_k = 1;
  bool has_ignore_label = false;
  int64_t ignore_label = 0;
};

template <typename T>
struct AccuracyForwardArgs {
  Strided<const T> x;
  Strided<const T> labels;
  T* accuracy = nullptr;      // one number
  Strided<T> class_accuracy;  // one image a class; may be null
  void* workspace = nullptr;
  T* count = nullptr;         // one number: counted lines
  T* class_counts = nullptr;  // one a class, dense; null as class_accuracy
};

class AccuracyKernel {
 public:
  virtual ~AccuracyKernel() = default;
  virtual int64_t forward_workspace_bytes() const = 0;
  virtual void Forward(const AccuracyForwardArgs<float>& args) = 0;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_ACCURACY_ACCURACY_KERNEL_H_
