// Device: where tensors live and kernels run.
//
// A layer gets the device at planning time and hands it to the maker of its
// kernel; only a backend (core/cpu, core/cuda) knows what is behind it.
//
// Order: a device does its work, kernels and the calls below alike, in the
// order in which it was asked for. What is asked for later sees the memory as
// all earlier work left it; nobody waits in between for that.
//
// What is asynchronous: kernels, Fill, CopyFromHostAsync and Copy may return
// before they have run. CopyFromHost, CopyToHost and Synchronize return when
// their work, and with it all work before it, is done.
//
// What the host may touch: memory of the device never; it may compute with
// addresses, not read or write them. Host memory that is copied from
// asynchronously must stay as it is until the next Synchronize; with the other
// copies, and when it is staged (core/device/staging.h), it is the caller's
// again as soon as they return.
//
// One thread at a time uses a device.

#ifndef TAMP_CORE_DEVICE_DEVICE_H_
#define TAMP_CORE_DEVICE_DEVICE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/device/buffer.h"
#include "core/device/memory_traits.h"
#include "core/device/staging.h"
#include "core/device/strided_rows.h"

namespace tamp {

// What a layer's work is for.
enum class LayerPass { kForward, kBackward, kRecomputation };

class Device {
 public:
  virtual ~Device() = default;

  // "cpu".
  virtual absl::string_view name() const = 0;

  virtual MemoryTraits memory_traits() const = 0;

  // All memory that the device has, used or not.
  virtual int64_t total_bytes() const = 0;

  // What of it nobody uses now; all of it on a host, where others make room.
  virtual int64_t free_bytes() { return total_bytes(); }

  // Zero-filled memory of the device, aligned as its traits say; null for 0
  // bytes. ResourceExhausted, with the size in the message, when there is no
  // memory. A buffer that goes away waits for the work that uses it; none may
  // outlive the device.
  virtual absl::StatusOr<Buffer> Allocate(int64_t bytes) = 0;

  // Sets all floats of the rows, which are memory of the device.
  virtual void Fill(const StridedRows& rows, float value) = 0;

  // Copies between host memory and memory of the device.
  virtual void CopyFromHost(const void* host, int64_t bytes, void* device) = 0;
  virtual void CopyFromHostAsync(const void* host, int64_t bytes,
                                 void* device) = 0;
  virtual void CopyToHost(const void* device, int64_t bytes, void* host) = 0;

  // Copies within the device. REQUIRES: from and to do not overlap.
  virtual void Copy(const void* from, int64_t bytes, void* to) = 0;

  // Waits until all work is done. An error when the device could not do it: the
  // contents of its memory are then unknown, and it is of no use any more.
  virtual absl::Status Synchronize() = 0;

  // For copies that go ahead of the work they are for; null: it has no such.
  virtual Staging* staging() { return nullptr; }

  // Whose work is asked for from now on, to EndLayer: errors name it. Costs
  // next to nothing. `layer` must stay where it is until then, or the next
  // call.
  virtual void BeginLayer(absl::string_view /*layer*/, LayerPass /*pass*/) {}
  virtual void EndLayer() {}
};

}  // namespace tamp

#endif  // TAMP_CORE_DEVICE_DEVICE_H_
