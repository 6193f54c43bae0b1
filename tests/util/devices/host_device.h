// HostDevice: a second device for tests, as strict as an accelerator. Its
// memory lies in the host's, but in mappings of their own that are closed
// unless the device works: outside kernels, fills and copies, whoever reads or
// writes it dies by SIGSEGV. The kernels of CPUs compute on it; host_kernels.h
// opens the memory around each.
//
// It likes its memory otherwise than CPUs do, so that nobody can count on
// theirs. Blocks end where a closed page begins: what reads or writes past the
// end of one dies too.

#ifndef TAMP_TESTS_UTIL_DEVICES_HOST_DEVICE_H_
#define TAMP_TESTS_UTIL_DEVICES_HOST_DEVICE_H_

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/cpu/cpu_device.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/device/memory_traits.h"
#include "core/device/staging.h"
#include "core/device/strided_rows.h"

namespace tamp {

class HostDevice : public Device, public Staging {
 public:
  explicit HostDevice(int num_threads) : cpu_(num_threads) {}
  HostDevice(const HostDevice&) = delete;
  // No memory may be left.
  ~HostDevice() override;

  absl::string_view name() const override { return "host"; }
  MemoryTraits memory_traits() const override;
  int64_t total_bytes() const override { return cpu_.total_bytes(); }
  absl::StatusOr<Buffer> Allocate(int64_t bytes) override;
  // These die when the memory is not the device's, or not all of it.
  void Fill(const StridedRows& rows, float value) override;
  void CopyFromHost(const void* host, int64_t bytes, void* device) override;
  void CopyFromHostAsync(const void* host, int64_t bytes,
                         void* device) override;
  void CopyToHost(const void* device, int64_t bytes, void* host) override;
  void Copy(const void* from, int64_t bytes, void* to) override;
  // Dies when host memory that was copied from asynchronously has changed.
  absl::Status Synchronize() override;
  Staging* staging() override { return this; }
  // Take dies when the bytes are not as many as were staged.
  int64_t Stage(const void* host, int64_t bytes) override;
  bool Take(int64_t ticket, int64_t bytes, void* device) override;

  // Has the threads that kernels compute on; knows nothing of this memory.
  CpuDevice& cpu() { return cpu_; }

  // The memory is open as long as there is an Opening, in all threads.
  class Opening {
   public:
    explicit Opening(HostDevice* device) : device_(device) { device_->Open(); }
    Opening(const Opening&) = delete;
    ~Opening() { device_->Close(); }

   private:
    HostDevice* const device_;
  };

 private:
  // What the host must leave as it was.
  struct Pending {
    const char* host;
    std::vector<char> bytes;
  };

  struct Staged {
    int64_t ticket = -1;
    std::vector<char> bytes;
  };

  void Open();
  void Close();
  void Protect(int protection);
  void Free(void* data);
  void CheckIsOurs(const void* data, int64_t bytes);
  void FinishPending();

  CpuDevice cpu_;
  std::mutex mutex_;                       // of what follows
  std::map<const char*, int64_t> blocks_;  // bytes by begin, whole pages
  int num_openings_ = 0;
  std::vector<Pending> pending_;
  std::array<Staged, kNumPlaces> staged_;
  int64_t next_ticket_ = 0;
};

// REQUIRES: device is a HostDevice.
HostDevice& AsHost(Device& device);

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_DEVICES_HOST_DEVICE_H_
