// Shape: the extents of a tensor, outermost axis first.
//
// A batch of images is [num, channels, height, width]. Rank 0 is a scalar with
// one element. A Shape never allocates, so that it may be copied in the middle
// of a training step.

#ifndef TAMP_CORE_SHAPE_H_
#define TAMP_CORE_SHAPE_H_

#include <array>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace tamp {

class Shape {
 public:
  static constexpr int kMaxRank = 8;
  // The largest product of extents that a network may ask for: 4 TiB of floats.
  static constexpr int64_t kMaxElements = int64_t{1} << 40;

  Shape() = default;
  // REQUIRES: at most kMaxRank extents, all positive, product in bounds.
  Shape(std::initializer_list<int64_t> dims);

  // The checked way for sizes that come from a user: refuses extents that are
  // zero or negative, more than kMaxRank of them, and products above
  // kMaxElements.
  static absl::StatusOr<Shape> Create(absl::Span<const int64_t> dims);

  int rank() const { return rank_; }

  // Axes count from the front, negative ones from the back (-1 is the last).
  // REQUIRES: -rank() <= axis < rank().
  int64_t dim(int axis) const;
  void set_dim(int axis, int64_t extent);

  // Turns a possibly negative axis into one counted from the front, or returns
  // an error that names it.
  absl::StatusOr<int> CanonicalAxis(int axis) const;

  // Product of the extents of the axes begin..end-1; 1 for an empty range.
  int64_t count(int begin, int end) const;
  int64_t count(int begin) const { return count(begin, rank_); }
  int64_t num_elements() const { return count(0); }

  // The three groups of axes that strided kernels know: axis 0, axis 1, and
  // the rest; 1 where the shape has no such axis.
  int64_t num() const { return rank_ > 0 ? dims_[0] : 1; }
  int64_t channels() const { return rank_ > 1 ? dims_[1] : 1; }
  int64_t spatial() const { return rank_ > 2 ? count(2) : 1; }

  absl::Span<const int64_t> dims() const {
    return absl::MakeConstSpan(dims_.data(), rank_);
  }

  // "64x16x32x32"; "scalar" for rank 0.
  std::string ToString() const;

  friend bool operator==(const Shape& a, const Shape& b) {
    return a.dims() == b.dims();
  }
  friend bool operator!=(const Shape& a, const Shape& b) { return !(a == b); }
  friend std::ostream& operator<<(std::ostream& out, const Shape& shape) {
    return out << shape.ToString();
  }

 private:
  int rank_ = 0;
  std::array<int64_t, kMaxRank> dims_ = {};
};

}  // namespace tamp

#endif  // TAMP_CORE_SHAPE_H_
