// What the solver must know of a net before it is planned: its Data layer, and
// a hash that tells it from others.

#ifndef TAMP_SOLVERS_FLAT_NET_H_
#define TAMP_SOLVERS_FLAT_NET_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "data/batch_source.h"
#include "net/planned_net.h"
#include "proto/layer.pb.h"
#include "proto/net.pb.h"

namespace tamp {

// The layers that a net has under these options' phase, level and stages,
// without modules. Errors are those of the net as a whole, such as a type that
// the options' layers have not: the data is opened before the net is planned.
absl::StatusOr<NetParameter> FlattenNet(const NetParameter& net,
                                        const NetOptions& options);

// The Data layer of a flat net of that phase; an error unless there is exactly
// one.
absl::StatusOr<LayerParameter> FindDataLayer(const NetParameter& flat,
                                             Phase phase);

// Its batches, from the provider of the options; errors name the layer.
absl::StatusOr<BatchSource*> OpenData(const LayerParameter& data_layer,
                                      const NetOptions& options);

// Of all that shapes the result: not of where the text or the data lies, nor of
// how much is prefetched, nor of what becomes of unreadable images.
uint64_t HashNet(const NetParameter& flat);

}  // namespace tamp

#endif  // TAMP_SOLVERS_FLAT_NET_H_
