// Which convolutions and poolings the passes know: read off their parameters.

#ifndef TAMP_NET_PASSES_CONVOLUTION_GEOMETRY_H_
#define TAMP_NET_PASSES_CONVOLUTION_GEOMETRY_H_

#include "core/shape.h"
#include "proto/layer.pb.h"

namespace tamp {

// A plain square convolution (see below) of stride 1, with a kernel of 3x3 and
// pad 1, or 1x1 and pad 0: its kernel size, else 0.
int SizeKeepingKernel(const ConvolutionParameter& convolution);

// A convolution without bias, groups and dilation, of equal extents on both
// axes, for which nobody asked for OpenBLAS.
bool IsPlainSquare(const ConvolutionParameter& convolution);

// Whether a pooling averages non-overlapping 2x2 windows of maps of that shape
// and drops an odd last row and column.
bool AveragesPairs(const PoolingParameter& pooling, const Shape& input);

}  // namespace tamp

#endif  // TAMP_NET_PASSES_CONVOLUTION_GEOMETRY_H_
