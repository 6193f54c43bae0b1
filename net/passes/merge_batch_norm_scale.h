// Pass "merge_batch_norm_scale": Caffe writes batch normalization as two
// layers, BatchNorm (which normalizes) and Scale (gamma and beta). The pair
// becomes one BatchNorm with scale_bias; its parameters keep their names.

#ifndef TAMP_NET_PASSES_MERGE_BATCH_NORM_SCALE_H_
#define TAMP_NET_PASSES_MERGE_BATCH_NORM_SCALE_H_

#include "net/graph/graph.h"

namespace tamp {

// Number of pairs merged. A pair stays as it is when another layer reads what
// the BatchNorm makes, or when the Scale is not one gamma and one beta for each
// channel.
int MergeBatchNormScale(Graph* graph);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_MERGE_BATCH_NORM_SCALE_H_
