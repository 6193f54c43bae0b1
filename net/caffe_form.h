// A net as Caffe writes it. Its BatchNorm only normalises, and a Scale layer
// behind it holds gamma and beta; ours holds them itself with scale_bias. The
// pass merge_batch_norm_scale goes the other way.

#ifndef TAMP_NET_CAFFE_FORM_H_
#define TAMP_NET_CAFFE_FORM_H_

#include "proto/net.pb.h"

namespace tamp {

// Of a net without modules (net/modules.h). The Scale of a BatchNorm "bn" is
// called "bn/scale", and so are its parameters: weights trained in one form do
// not load into the other. Data layers stay as they are, which Caffe cannot
// read.
NetParameter InCaffeForm(const NetParameter& flat);

}  // namespace tamp

#endif  // TAMP_NET_CAFFE_FORM_H_
