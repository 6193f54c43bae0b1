#include "layers/tensor_copy.h"

#include <cstdint>

#include "core/check.h"

namespace tamp {
namespace {

// Calls copy(first element of a channel on the device, offset on the host,
// bytes) for each channel of each image.
template <typename T, typename Copy>
void ForEachChannel(const TensorView<T>& view, Copy copy) {
  const int64_t spatial = view.shape.spatial();
  int64_t offset = 0;
  for (int64_t n = 0; n < view.shape.num(); ++n) {
    for (int64_t c = 0; c < view.shape.channels(); ++c) {
      copy(view.strided().at(n, c), offset, spatial * int64_t{sizeof(float)});
      offset += spatial;
    }
  }
}

}  // namespace

std::vector<float> CopyToHost(const ConstView& view, Device* device) {
  std::vector<float> elements(view.shape.num_elements());
  ForEachChannel(view, [&](const float* from, int64_t offset, int64_t bytes) {
    device->CopyToHost(from, bytes, elements.data() + offset);
  });
  return elements;
}

void CopyFromHost(absl::Span<const float> elements, Device* device,
                  const View& view) {
  CHECK_EQ(static_cast<int64_t>(elements.size()), view.shape.num_elements());
  ForEachChannel(view, [&](float* to, int64_t offset, int64_t bytes) {
    device->CopyFromHost(elements.data() + offset, bytes, to);
  });
}

}  // namespace tamp
