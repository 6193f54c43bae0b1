// The batch size in a net's description.

#ifndef TAMP_NET_TEXT_BATCH_SIZE_H_
#define TAMP_NET_TEXT_BATCH_SIZE_H_

#include <cstdint>

#include "proto/net.pb.h"

namespace tamp {

// Sets the batch size of all Data layers, and the first extent of all inputs,
// be they Input layers or the net's own inputs of old deploy files. Options
// that a net lacks stay away, so that planning it finds the same errors.
// REQUIRES: batch_size >= 1.
void SetBatchSize(int64_t batch_size, NetParameter* net);

}  // namespace tamp

#endif  // TAMP_NET_TEXT_BATCH_SIZE_H_
