// StridedRows: outer x inner rows of adjoining floats, as the memory of a
// tensor's view is made of: row (i, j) begins at
// data[i * outer_stride + j * inner_stride].

#ifndef TAMP_CORE_DEVICE_STRIDED_ROWS_H_
#define TAMP_CORE_DEVICE_STRIDED_ROWS_H_

#include <cstdint>

namespace tamp {

struct StridedRows {
  float* data = nullptr;
  int64_t outer = 1, inner = 1;
  int64_t outer_stride = 0, inner_stride = 0;  // floats
  int64_t length = 0;                          // floats of a row

  float* at(int64_t i, int64_t j) const {
    return data + i * outer_stride + j * inner_stride;
  }
  bool is_empty() const { return outer == 0 || inner == 0 || length == 0; }

  // The same floats in as few rows as they form, in any order.
  StridedRows Merged() const {
    StridedRows merged = *this;
    for (int axis = 0; axis < 2; ++axis) {
      merged.MergeInner();
      merged.MergeOuter();
    }
    return merged;
  }

 private:
  void MergeInner() {
    if (inner_stride != length) return;
    length *= inner;
    inner = 1;
    inner_stride = 0;
  }
  void MergeOuter() {
    if (outer_stride != length) return;
    length *= outer;
    outer = 1;
    outer_stride = 0;
  }
};

}  // namespace tamp

#endif  // TAMP_CORE_DEVICE_STRIDED_ROWS_H_
