// Opens the data of a net before the net is planned.

#ifndef TAMP_SOLVERS_OPEN_DATA_H_
#define TAMP_SOLVERS_OPEN_DATA_H_

#include "absl/status/statusor.h"
#include "data/batch_source.h"
#include "net/planned_net.h"
#include "proto/layer.pb.h"

namespace tamp {

// The batches of a Data layer (FindDataLayer) in the options' phase; for
// NetOptions::batch_source. Errors name the layer.
absl::StatusOr<BatchSource*> OpenData(const LayerParameter& data_layer,
                                      const NetOptions& options,
                                      BatchSourceProvider* provider);

}  // namespace tamp

#endif  // TAMP_SOLVERS_OPEN_DATA_H_
