#include "layers/tensor_copy.h"

#include <cstdint>

#include "core/check.h"

namespace tamp {
namespace {

// Calls copy(first element on the device, offset on the host, bytes) for runs
// of elements that adjoin on the device: all of them, or those of an image or
// of a channel.
template <typename T, typename Copy>
void ForEachRun(const TensorView<T>& view, Copy copy) {
  int64_t num = view.shape.num(), channels = view.shape.channels();
  int64_t length = view.shape.spatial();
  if (view.channel_stride == length) {
    length *= channels;
    channels = 1;
  }
  if (channels == 1 && view.image_stride == length) {
    length *= num;
    num = 1;
  }
  int64_t offset = 0;
  for (int64_t n = 0; n < num; ++n) {
    for (int64_t c = 0; c < channels; ++c) {
      copy(view.strided().at(n, c), offset, length * int64_t{sizeof(float)});
      offset += length;
    }
  }
}

}  // namespace

std::vector<float> CopyToHost(const ConstView& view, Device* device) {
  std::vector<float> elements(view.shape.num_elements());
  CopyToHost(view, device, absl::MakeSpan(elements));
  return elements;
}

void CopyToHost(const ConstView& view, Device* device,
                absl::Span<float> elements) {
  CHECK_EQ(static_cast<int64_t>(elements.size()), view.shape.num_elements());
  ForEachRun(view, [&](const float* from, int64_t offset, int64_t bytes) {
    device->CopyToHost(from, bytes, elements.data() + offset);
  });
}

void CopyFromHost(absl::Span<const float> elements, Device* device,
                  const View& view) {
  CHECK_EQ(static_cast<int64_t>(elements.size()), view.shape.num_elements());
  ForEachRun(view, [&](float* to, int64_t offset, int64_t bytes) {
    device->CopyFromHost(elements.data() + offset, bytes, to);
  });
}

void FillView(const View& view, float value, Device* device) {
  device->Fill({view.data, view.shape.num(), view.shape.channels(),
                view.image_stride, view.channel_stride, view.shape.spatial()},
               value);
}

}  // namespace tamp
