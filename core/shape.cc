#include "core/shape.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/check.h"

namespace tamp {

Shape::Shape(std::initializer_list<int64_t> dims) {
  absl::StatusOr<Shape> shape =
      Create(absl::MakeConstSpan(dims.begin(), dims.size()));
  CHECK(shape.ok()) << shape.status();
  *this = *shape;
}

absl::StatusOr<Shape> Shape::Create(absl::Span<const int64_t> dims) {
  if (dims.size() > kMaxRank) {
    return absl::InvalidArgumentError(
        absl::StrCat("shape has ", dims.size(), " axes, at most ",
                     static_cast<int>(kMaxRank), " are supported"));
  }
  Shape shape;
  int64_t elements = 1;
  for (const int64_t dim : dims) {
    if (dim <= 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("shape ", absl::StrJoin(dims, "x"), " has extent ", dim,
                       ", every extent must be at least 1"));
    }
    if (dim > kMaxElements / elements) {
      return absl::InvalidArgumentError(absl::StrCat(
          "shape ", absl::StrJoin(dims, "x"), " has more than 2^40 elements"));
    }
    elements *= dim;
    shape.dims_[shape.rank_++] = dim;
  }
  return shape;
}

int64_t Shape::dim(int axis) const {
  CHECK(axis >= -rank_ && axis < rank_) << "axis " << axis << " of " << *this;
  return dims_[axis < 0 ? axis + rank_ : axis];
}

void Shape::set_dim(int axis, int64_t extent) {
  CHECK(axis >= -rank_ && axis < rank_) << "axis " << axis << " of " << *this;
  CHECK_GT(extent, 0);
  dims_[axis < 0 ? axis + rank_ : axis] = extent;
}

absl::StatusOr<int> Shape::CanonicalAxis(int axis) const {
  if (axis < -rank_ || axis >= rank_) {
    return absl::InvalidArgumentError(
        absl::StrCat("axis ", axis, " is out of range for shape ", ToString()));
  }
  return axis < 0 ? axis + rank_ : axis;
}

int64_t Shape::count(int begin, int end) const {
  CHECK(0 <= begin && begin <= end && end <= rank_)
      << "axes " << begin << ".." << end << " of " << *this;
  int64_t product = 1;
  for (int axis = begin; axis < end; ++axis) product *= dims_[axis];
  return product;
}

std::string Shape::ToString() const {
  return rank_ == 0 ? "scalar" : absl::StrJoin(dims(), "x");
}

}  // namespace tamp
