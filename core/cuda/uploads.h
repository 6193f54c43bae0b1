// Uploads: copies from the host that wait neither for the work that is queued
// nor for the host.
//
// Bytes go from the host into pinned memory, on a stream of their own from
// there into the device's, and in the queue's order to where they are wanted:
// so the next batch is on the device before the step that is running has ended.
// There are two places for them to be under way in.

#ifndef TAMP_CORE_CUDA_UPLOADS_H_
#define TAMP_CORE_CUDA_UPLOADS_H_

#include <array>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/cuda/handles.h"
#include "core/cuda/queue.h"

namespace tamp {

class Uploads {
 public:
  // The queue must outlive the uploads.
  static absl::StatusOr<std::unique_ptr<Uploads>> Create(CudaQueue* queue);
  Uploads(const Uploads&) = delete;
  // Waits for what is under way.
  ~Uploads();

  // When it returns, the host's memory is its owner's again. Takes memory when
  // there were never so many bytes.
  void Copy(const void* host, int64_t bytes, void* device);

 private:
  struct Place {
    int64_t bytes = 0;
    PinnedBytes pinned;
    DeviceBytes staged;
    CudaEvent uploaded, taken;
  };

  explicit Uploads(CudaQueue* queue) : queue_(queue) {}
  absl::Status Grow(int64_t bytes, Place* place);

  CudaQueue* const queue_;
  std::array<Place, 2> places_;
  size_t next_ = 0;
  CudaStream stream_;
};

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_UPLOADS_H_
