// A net as Caffe writes it. Its BatchNorm only normalizes, and a Scale layer
// behind it holds gamma and beta; ours holds them itself with scale_bias. The
// pass merge_batch_norm_scale goes the other way.

#ifndef TAMP_FORMATS_CAFFE_FORM_H_
#define TAMP_FORMATS_CAFFE_FORM_H_

#include "proto/net.pb.h"

namespace tamp {

// Takes a net without modules (net/text/modules.h). When Tamp reads the result,
// it computes the same, bit for bit. The Scale of a BatchNorm "bn" is called
// "bn/scale", and its parameters begin with that name: weights trained in one
// form do not load into the other. Two things stay that Caffe cannot read: our
// data layers, and running_statistics where it asks for a moving average
// (docs/caffe.md).
NetParameter InCaffeForm(const NetParameter& flat);

}  // namespace tamp

#endif  // TAMP_FORMATS_CAFFE_FORM_H_
