#include "core/cuda/uploads.h"

#include <cstring>

#include "absl/memory/memory.h"
#include "core/status_macros.h"

namespace tamp {

absl::StatusOr<std::unique_ptr<Uploads>> Uploads::Create(CudaQueue* queue) {
  auto uploads = absl::WrapUnique(new Uploads(queue));
  ASSIGN_OR_RETURN(uploads->stream_, MakeCudaStream());
  for (Place& place : uploads->places_) {
    ASSIGN_OR_RETURN(place.uploaded, MakeCudaEvent());
    ASSIGN_OR_RETURN(place.taken, MakeCudaEvent());
  }
  return uploads;
}

Uploads::~Uploads() {
  if (stream_ != nullptr) cudaStreamSynchronize(stream_.get());
  cudaStreamSynchronize(queue_->stream());
}

absl::Status Uploads::Grow(int64_t bytes, Place* place) {
  // Nobody may be using the memory that goes away. (An event that was never
  // recorded has happened.)
  cudaEventSynchronize(place->taken.get());
  place->bytes = 0;
  place->pinned.reset();
  place->staged.reset();
  ASSIGN_OR_RETURN(place->pinned, AllocatePinnedBytes(bytes));
  ASSIGN_OR_RETURN(place->staged, AllocateDeviceBytes(bytes));
  place->bytes = bytes;
  return absl::OkStatus();
}

void Uploads::Copy(const void* host, int64_t bytes, void* device) {
  if (bytes == 0) return;
  Place& place = places_[next_];
  next_ = (next_ + 1) % places_.size();
  if (bytes > place.bytes) {
    const absl::Status grown = Grow(bytes, &place);
    if (!grown.ok()) {
      queue_->Fail(std::string(grown.message()), "upload", __FILE__, __LINE__);
      return;
    }
  }
  // The pinned memory is free again.
  NOTE_CUDA(*queue_, cudaEventSynchronize(place.uploaded.get()));
  std::memcpy(place.pinned.get(), host, bytes);
  // As is the staged one.
  NOTE_CUDA(*queue_, cudaStreamWaitEvent(stream_.get(), place.taken.get(), 0));
  NOTE_CUDA(*queue_,
            cudaMemcpyAsync(place.staged.get(), place.pinned.get(), bytes,
                            cudaMemcpyHostToDevice, stream_.get()));
  NOTE_CUDA(*queue_, cudaEventRecord(place.uploaded.get(), stream_.get()));
  NOTE_CUDA(*queue_,
            cudaStreamWaitEvent(queue_->stream(), place.uploaded.get(), 0));
  NOTE_CUDA(*queue_,
            cudaMemcpyAsync(device, place.staged.get(), bytes,
                            cudaMemcpyDeviceToDevice, queue_->stream()));
  NOTE_CUDA(*queue_, cudaEventRecord(place.taken.get(), queue_->stream()));
}

}  // namespace tamp
