// Uploads: the Staging of CUDA devices. Bytes go from the host into pinned
// memory, on a stream of their own from there into the device's, and in the
// queue's order to where they are wanted.

#ifndef TAMP_CORE_CUDA_UPLOADS_H_
#define TAMP_CORE_CUDA_UPLOADS_H_

#include <array>
#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/cuda/handles.h"
#include "core/cuda/queue.h"
#include "core/device/staging.h"

namespace tamp {

class Uploads : public Staging {
 public:
  // The queue must outlive the uploads.
  static absl::StatusOr<std::unique_ptr<Uploads>> Create(CudaQueue* queue);
  Uploads(const Uploads&) = delete;
  // Waits for what is under way.
  ~Uploads() override;

  int64_t Stage(const void* host, int64_t bytes) override;
  bool Take(int64_t ticket, int64_t bytes, void* device) override;

 private:
  struct Place {
    int64_t capacity = 0;  // bytes
    PinnedBytes pinned;
    DeviceBytes staged;
    CudaEvent uploaded, taken;
    // What is there.
    int64_t ticket = -1;
    int64_t bytes = 0;
  };

  explicit Uploads(CudaQueue* queue) : queue_(queue) {}
  absl::Status Grow(int64_t bytes, Place* place);

  CudaQueue* const queue_;
  std::array<Place, kNumPlaces> places_;
  int64_t next_ticket_ = 0;  // its place: modulo their number
  CudaStream stream_;
};

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_UPLOADS_H_
