#include "tests/cuda_judge/code/fat_binary.h"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/check.h"
#include "tests/cuda_judge/code/bytes.h"

namespace tamp {
namespace cuda_judge {
namespace {

// A container: this head, then images.
struct ContainerHead {
  uint32_t magic;
  uint16_t version;
  uint16_t head_bytes;
  uint64_t bytes_behind;
};
constexpr ContainerHead kHead = {0xba55ed50, 1, sizeof(ContainerHead), 0};
constexpr size_t kFixedBytes = offsetof(ContainerHead, bytes_behind);

// An image: a head that begins like this, then the code.
struct ImageHead {
  uint16_t kind;
  uint16_t unused;
  uint32_t head_bytes;
  uint64_t bytes;
  uint32_t packed_bytes;
  uint32_t unused_too[2];
  uint32_t architecture;
  uint64_t unused_again;
  uint64_t flags;
};
constexpr uint16_t kMachineCode = 2;
constexpr uint64_t kCompressed = 0x2000 | 0x8000;

}  // namespace

std::string_view ContainerAt(const void* begin) {
  ContainerHead head;
  std::memcpy(&head, begin, sizeof head);
  CHECK(head.magic == kHead.magic && head.version == kHead.version)
      << "this is not what nvcc embeds";
  return {static_cast<const char*>(begin),
          head.head_bytes + static_cast<size_t>(head.bytes_behind)};
}

std::vector<std::string_view> FindContainers(std::string_view file) {
  const std::string_view wanted(reinterpret_cast<const char*>(&kHead),
                                kFixedBytes);
  std::vector<std::string_view> containers;
  for (size_t place = file.find(wanted); place != std::string_view::npos;
       place = file.find(wanted, place + wanted.size())) {
    const auto head = ReadAt<ContainerHead>(file, place);
    containers.push_back(
        Part(file, place, head.head_bytes + head.bytes_behind));
  }
  return containers;
}

std::vector<MachineCode> MachineCodeOf(std::string_view container) {
  std::vector<MachineCode> found;
  size_t place = ReadAt<ContainerHead>(container, 0).head_bytes;
  while (place < container.size()) {
    const auto head = ReadAt<ImageHead>(container, place);
    place += head.head_bytes;
    if (head.kind == kMachineCode) {
      CHECK((head.flags & kCompressed) == 0)
          << "machine code is compressed; tell nvcc --compress-mode=default";
      found.push_back({static_cast<int>(head.architecture),
                       Part(container, place, head.bytes)});
    }
    place += head.bytes;
  }
  return found;
}

}  // namespace cuda_judge
}  // namespace tamp
