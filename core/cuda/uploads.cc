#include "core/cuda/uploads.h"

#include <cstring>

#include "absl/memory/memory.h"
#include "core/check.h"
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
  // recorded has happened; what was uploaded may never have been taken.)
  NOTE_CUDA(*queue_, cudaEventSynchronize(place->uploaded.get()));
  NOTE_CUDA(*queue_, cudaEventSynchronize(place->taken.get()));
  place->capacity = 0;
  place->pinned.reset();
  place->staged.reset();
  ASSIGN_OR_RETURN(place->pinned, AllocatePinnedBytes(bytes));
  ASSIGN_OR_RETURN(place->staged, AllocateDeviceBytes(bytes));
  place->capacity = bytes;
  return absl::OkStatus();
}

int64_t Uploads::Stage(const void* host, int64_t bytes) {
  const int64_t ticket = next_ticket_++;
  Place& place = places_[ticket % kNumPlaces];
  place.ticket = -1;
  if (bytes > place.capacity && !Grow(bytes, &place).ok()) return -1;
  // The pinned memory is free again.
  NOTE_CUDA(*queue_, cudaEventSynchronize(place.uploaded.get()));
  std::memcpy(place.pinned.get(), host, bytes);
  // As is the staged one.
  NOTE_CUDA(*queue_, cudaStreamWaitEvent(stream_.get(), place.taken.get(), 0));
  NOTE_CUDA(*queue_,
            cudaMemcpyAsync(place.staged.get(), place.pinned.get(), bytes,
                            cudaMemcpyHostToDevice, stream_.get()));
  NOTE_CUDA(*queue_, cudaEventRecord(place.uploaded.get(), stream_.get()));
  place.ticket = ticket;
  place.bytes = bytes;
  return ticket;
}

bool Uploads::Take(int64_t ticket, int64_t bytes, void* device) {
  if (ticket < 0) return false;
  const Place& place = places_[ticket % kNumPlaces];
  if (place.ticket != ticket) return false;
  CHECK_EQ(bytes, place.bytes);
  NOTE_CUDA(*queue_,
            cudaStreamWaitEvent(queue_->stream(), place.uploaded.get(), 0));
  NOTE_CUDA(*queue_,
            cudaMemcpyAsync(device, place.staged.get(), bytes,
                            cudaMemcpyDeviceToDevice, queue_->stream()));
  NOTE_CUDA(*queue_, cudaEventRecord(place.taken.get(), queue_->stream()));
  return true;
}

}  // namespace tamp
