// A net as Caffe writes it. Its BatchNorm only normalizes, and a Scale layer
// behind it holds gamma and beta; ours holds them itself with scale_bias. The
// pass merge_batch_norm_scale goes the other way.

#ifndef TAMP_FORMATS_CAFFE_FORM_H_
#define TAMP_FORMATS_CAFFE_FORM_H_

#include "proto/net.pb.h"

namespace tamp {

// Of a net without modules (net/text/modules.h): read back, the same net bit
// for bit. The Scale of a BatchNorm "bn" is called "bn/scale", and so are its
// parameters: weights trained in one form do not load into the other. Caffe
// cannot read what it has not: data layers, which stay as they are, and
// running_statistics, which is there where it is a moving average
// (docs/caffe.md).
NetParameter InCaffeForm(const NetParameter& flat);

}  // namespace tamp

#endif  // TAMP_FORMATS_CAFFE_FORM_H_
