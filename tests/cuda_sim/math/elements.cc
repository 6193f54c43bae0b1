#include "tests/cuda_sim/math/elements.h"

#include <cstring>

#include "core/check.h"
#include "tests/cuda_sim/math/small_float.h"

namespace tamp {
namespace cuda_sim {
namespace {

// Calls row(offset) for each run along the last dimension.
template <typename Row>
void ForEachRow(const Layout& layout, Row row) {
  const auto& extents = layout.extents;
  const auto& strides = layout.strides;
  for (int64_t i = 0; i < extents[0]; ++i) {
    for (int64_t j = 0; j < extents[1]; ++j) {
      for (int64_t k = 0; k < extents[2]; ++k) {
        row(i * strides[0] + j * strides[1] + k * strides[2]);
      }
    }
  }
}

template <typename T, typename ToDouble>
void Read(const Layout& layout, const void* data, ToDouble to_double,
          double* to) {
  const auto* elements = static_cast<const T*>(data);
  const int64_t width = layout.extents[3], stride = layout.strides[3];
  ForEachRow(layout, [&](int64_t offset) {
    for (int64_t i = 0; i < width; ++i) {
      to[i] = to_double(elements[offset + i * stride]);
    }
    to += width;
  });
}

template <typename T, typename FromDouble>
void Write(const Layout& layout, const double* from, FromDouble from_double,
           void* data) {
  auto* elements = static_cast<T*>(data);
  const int64_t width = layout.extents[3], stride = layout.strides[3];
  ForEachRow(layout, [&](int64_t offset) {
    for (int64_t i = 0; i < width; ++i) {
      elements[offset + i * stride] = from_double(from[i]);
    }
    from += width;
  });
}

}  // namespace

size_t SizeOf(ElementType type) { return type == ElementType::kFloat ? 4 : 2; }

double RoundToTf32(double value) {
  const auto narrow = static_cast<float>(value);
  uint32_t bits;
  std::memcpy(&bits, &narrow, sizeof bits);
  if ((bits & 0x7f800000) == 0x7f800000) return value;
  bits = (bits + 0x1000) & ~uint32_t{0x1fff};
  float rounded;
  std::memcpy(&rounded, &bits, sizeof rounded);
  return rounded;
}

int64_t Layout::num_elements() const {
  return extents[0] * extents[1] * extents[2] * extents[3];
}

int64_t Layout::span() const {
  int64_t last = 0;
  for (int i = 0; i < 4; ++i) last += (extents[i] - 1) * strides[i];
  return last + 1;
}

std::vector<double> ReadElements(ElementType type, const Layout& layout,
                                 const void* data, Operands operands) {
  std::vector<double> values(layout.num_elements());
  switch (type) {
    case ElementType::kFloat:
      Read<float>(
          layout, data, [](float value) { return double{value}; },
          values.data());
      break;
    case ElementType::kHalf:
      Read<uint16_t>(layout, data, Half::ToDouble, values.data());
      break;
    case ElementType::kBfloat16:
      Read<uint16_t>(layout, data, Bfloat16::ToDouble, values.data());
      break;
  }
  if (operands == Operands::kTf32) {
    for (double& value : values) value = RoundToTf32(value);
  }
  return values;
}

void WriteElements(ElementType type, const Layout& layout,
                   const std::vector<double>& values, void* data) {
  CHECK_EQ(static_cast<int64_t>(values.size()), layout.num_elements());
  switch (type) {
    case ElementType::kFloat:
      Write<float>(
          layout, values.data(),
          [](double value) { return static_cast<float>(value); }, data);
      break;
    case ElementType::kHalf:
      Write<uint16_t>(layout, values.data(), Half::FromDouble, data);
      break;
    case ElementType::kBfloat16:
      Write<uint16_t>(layout, values.data(), Bfloat16::FromDouble, data);
      break;
  }
}

}  // namespace cuda_sim
}  // namespace tamp
