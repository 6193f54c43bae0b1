// Labels: classes as the floats that data layers deliver.

#ifndef TAMP_CORE_LABEL_H_
#define TAMP_CORE_LABEL_H_

#include <cstdint>

#include "core/check.h"
#include "core/host_device.h"

namespace tamp {

// Whether a label stands for "none". It may lie outside of the classes.
template <typename T>
TAMP_HOST_DEVICE bool IsIgnoredLabel(T label, bool has_ignore_label,
                                     int64_t ignore_label) {
  return has_ignore_label && label == T(ignore_label);
}

// The class that a label names. Whoever fills in labels has checked them, so
// one that is no whole number in 0..num_classes-1 ends the program before it
// can be used as an index.
template <typename T>
int64_t ClassOfLabel(T label, int64_t num_classes) {
  CHECK(label >= 0 && label < T(num_classes) &&
        T(static_cast<int64_t>(label)) == label)
      << "label " << label << " with " << num_classes << " classes";
  return static_cast<int64_t>(label);
}

}  // namespace tamp

#endif  // TAMP_CORE_LABEL_H_
