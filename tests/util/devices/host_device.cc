#include "tests/util/devices/host_device.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "core/check.h"

namespace tamp {
namespace {

int64_t PageBytes() { return sysconf(_SC_PAGESIZE); }

int64_t InPages(int64_t bytes) {
  const int64_t page = PageBytes();
  return (bytes + page - 1) / page * page;
}

}  // namespace

HostDevice::~HostDevice() {
  CHECK(blocks_.empty()) << blocks_.size() << " buffers outlive their device";
}

MemoryTraits HostDevice::memory_traits() const {
  MemoryTraits traits;
  traits.alignment = 256;
  traits.largest_cnhw_map = 100;
  traits.conflicting_stride = 1024;
  traits.row_granularity = 128;
  return traits;
}

absl::StatusOr<Buffer> HostDevice::Allocate(int64_t bytes) {
  CHECK_GE(bytes, 0);
  if (bytes == 0) return Buffer();
  const int64_t open = InPages(bytes);
  void* const memory = mmap(nullptr, open + PageBytes(), PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot allocate ", bytes >> 20, " MiB of memory"));
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  CHECK_EQ(num_openings_, 0) << "allocates within a kernel";
  char* const begin = static_cast<char*>(memory);
  blocks_[begin] = open;
  const int64_t padding = open - memory_traits().Aligned(bytes);
  return Buffer(begin + padding, bytes,
                [this](void* data, int64_t) { Free(data); });
}

void HostDevice::Free(void* data) {
  FinishPending();
  const std::lock_guard<std::mutex> lock(mutex_);
  // The last block that begins at or before the data.
  const auto block = std::prev(blocks_.upper_bound(static_cast<char*>(data)));
  CHECK_EQ(munmap(const_cast<char*>(block->first), block->second + PageBytes()),
           0);
  blocks_.erase(block);
}

void HostDevice::Fill(const StridedRows& rows, float value) {
  if (rows.is_empty()) return;
  const Opening opening(this);
  for (int64_t i = 0; i < rows.outer; ++i) {
    for (int64_t j = 0; j < rows.inner; ++j) {
      CheckIsOurs(rows.at(i, j), rows.length * int64_t{sizeof(float)});
    }
  }
  cpu_.Fill(rows, value);
}

void HostDevice::CopyFromHost(const void* host, int64_t bytes, void* device) {
  FinishPending();
  if (bytes == 0) return;
  CheckIsOurs(device, bytes);
  const Opening opening(this);
  std::memcpy(device, host, bytes);
}

void HostDevice::CopyFromHostAsync(const void* host, int64_t bytes,
                                   void* device) {
  if (bytes == 0) return;
  CheckIsOurs(device, bytes);
  const Opening opening(this);
  std::memcpy(device, host, bytes);
  const char* const begin = static_cast<const char*>(host);
  pending_.push_back({begin, std::vector<char>(begin, begin + bytes)});
}

void HostDevice::CopyToHost(const void* device, int64_t bytes, void* host) {
  FinishPending();
  if (bytes == 0) return;
  CheckIsOurs(device, bytes);
  const Opening opening(this);
  std::memcpy(host, device, bytes);
}

void HostDevice::Copy(const void* from, int64_t bytes, void* to) {
  if (bytes == 0) return;
  CheckIsOurs(from, bytes);
  CheckIsOurs(to, bytes);
  const Opening opening(this);
  std::memcpy(to, from, bytes);
}

absl::Status HostDevice::Synchronize() {
  FinishPending();
  return absl::OkStatus();
}

int64_t HostDevice::Stage(const void* host, int64_t bytes) {
  CHECK_GE(bytes, 1);
  const char* const begin = static_cast<const char*>(host);
  Staged& place = staged_[next_ticket_ % kNumPlaces];
  place.ticket = next_ticket_++;
  place.bytes.assign(begin, begin + bytes);
  return place.ticket;
}

bool HostDevice::Take(int64_t ticket, int64_t bytes, void* device) {
  if (ticket < 0) return false;
  const Staged& place = staged_[ticket % kNumPlaces];
  if (place.ticket != ticket) return false;
  CHECK_EQ(bytes, static_cast<int64_t>(place.bytes.size()));
  CheckIsOurs(device, bytes);
  const Opening opening(this);
  std::memcpy(device, place.bytes.data(), bytes);
  return true;
}

void HostDevice::Open() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (num_openings_++ == 0) Protect(PROT_READ | PROT_WRITE);
}

void HostDevice::Close() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (--num_openings_ == 0) Protect(PROT_NONE);
}

void HostDevice::Protect(int protection) {
  for (const auto& [begin, bytes] : blocks_) {
    CHECK_EQ(mprotect(const_cast<char*>(begin), bytes, protection), 0);
  }
}

void HostDevice::CheckIsOurs(const void* data, int64_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const char* const begin = static_cast<const char*>(data);
  auto block = blocks_.upper_bound(begin);
  CHECK(block != blocks_.begin()) << "no memory of the device";
  --block;
  CHECK_LE(begin - block->first + bytes, block->second)
      << "no memory of the device";
}

void HostDevice::FinishPending() {
  for (const Pending& copy : pending_) {
    CHECK_EQ(std::memcmp(copy.host, copy.bytes.data(), copy.bytes.size()), 0)
        << "the host has changed what it is copied from";
  }
  pending_.clear();
}

HostDevice& AsHost(Device& device) {
  CHECK(device.name() == "host") << "kernel of tests on " << device.name();
  return static_cast<HostDevice&>(device);
}

}  // namespace tamp
