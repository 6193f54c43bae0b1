// safetensors: files of named tensors, as PyTorch writes and reads them.
//
//   8 bytes   length of the header, little-endian
//   header    JSON: {"name": {"dtype": "F32", "shape": [2, 3],
//                             "data_offsets": [begin, end]}, ...}
//   data      raw little-endian elements; offsets count from here, and the
//             tensors cover the data without gaps or overlap
//
// No name stands twice in an object of the header.
//
//   ASSIGN_OR_RETURN(const Safetensors file, Safetensors::Read(path));
//   const Safetensors::Tensor* x = file.Find("x");
//   if (x == nullptr || !x->HasShape({2, 3})) ...
//   ASSIGN_OR_RETURN(const std::vector<float> elements, x->ToFloats());

#ifndef TAMP_FORMATS_SAFETENSORS_H_
#define TAMP_FORMATS_SAFETENSORS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/shape.h"

namespace tamp {

class Safetensors {
 public:
  struct Tensor {
    std::string name;
    std::string type;           // as in the file: "F32"
    std::vector<int64_t> dims;  // as in the file: an extent may be 0
    absl::string_view bytes;    // memory of the Safetensors, unaligned

    bool HasShape(const Shape& shape) const { return shape.dims() == dims; }
    // "2x3", "scalar"
    std::string ShapeText() const;
    // The elements, row-major; formats/stored_numbers.h says how they are
    // rounded. InvalidArgument that names the tensor, but no file: its type
    // cannot be read, or a number is too large.
    absl::StatusOr<std::vector<float>> ToFloats() const;
  };

  // Errors name the file and the tensor: everything is checked before it is
  // used, so a damaged or hostile file is an InvalidArgument. Tensors of other
  // types are kept; only ToFloats refuses them.
  static absl::StatusOr<Safetensors> Read(const std::string& path);

  // Sorted by name.
  absl::Span<const Tensor> tensors() const { return tensors_; }
  // Null when there is none of that name.
  const Tensor* Find(absl::string_view name) const;

 private:
  std::unique_ptr<const std::string> file_;  // its bytes stay where they are
  std::vector<Tensor> tensors_;
};

struct NamedFloats {
  std::string name;
  Shape shape;
  absl::Span<const float> values;  // row-major
};

// Writes a file of F32 tensors, atomically (core/files/atomic_file.h).
// REQUIRES: names differ, values are as many as the shape says.
absl::Status WriteSafetensors(const std::string& path,
                              absl::Span<const NamedFloats> tensors);

}  // namespace tamp

#endif  // TAMP_FORMATS_SAFETENSORS_H_
