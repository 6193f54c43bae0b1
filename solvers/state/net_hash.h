// A hash that tells the net of a training from others.

#ifndef TAMP_SOLVERS_STATE_NET_HASH_H_
#define TAMP_SOLVERS_STATE_NET_HASH_H_

#include <cstdint>

#include "proto/net.pb.h"

namespace tamp {

// Of all in a flat net (net/text/flat_net.h) that shapes the result: not of
// where the text or the data lies, nor of how much is prefetched, nor of what
// becomes of unreadable images.
uint64_t HashNet(const NetParameter& flat);

}  // namespace tamp

#endif  // TAMP_SOLVERS_STATE_NET_HASH_H_
