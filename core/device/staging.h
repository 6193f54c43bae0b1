// Staging: copies from the host that go ahead of the work that they are for.
//
// Bytes go to a place on the device beside all work that it has been asked for,
// and later from there to where they are wanted, in order with the other work:
// so the next batch is on the device before the step that is running has ended.
//
//   const int64_t ticket = device->staging()->Stage(samples, bytes);
//   ...
//   if (!device->staging()->Take(ticket, bytes, batch)) {
//     device->CopyFromHost(samples, bytes, batch);
//   }

#ifndef TAMP_CORE_DEVICE_STAGING_H_
#define TAMP_CORE_DEVICE_STAGING_H_

#include <cstdint>

namespace tamp {

class Staging {
 public:
  virtual ~Staging() = default;

  // Samples and labels of two steps.
  static constexpr int kNumPlaces = 4;

  // Begins to copy. When it returns, the host's memory is its owner's again.
  // Returns a ticket, which is good until kNumPlaces others have been given out
  // (by whomever); -1 when there is no memory for it. Takes memory when there
  // were never so many bytes.
  // REQUIRES: bytes >= 1.
  virtual int64_t Stage(const void* host, int64_t bytes) = 0;

  // Copies what was staged to memory of the device. False, and nothing is done,
  // when the ticket is good no more, or -1.
  // REQUIRES: as many bytes as were staged.
  virtual bool Take(int64_t ticket, int64_t bytes, void* device) = 0;
};

}  // namespace tamp

#endif  // TAMP_CORE_DEVICE_STAGING_H_
