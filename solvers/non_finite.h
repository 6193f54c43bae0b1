// Finds the parameter or layer output that made a loss infinite or NaN.

#ifndef TAMP_SOLVERS_NON_FINITE_H_
#define TAMP_SOLVERS_NON_FINITE_H_

#include <string>

#include "core/device/device.h"
#include "layers/layer.h"
#include "net/net.h"

namespace tamp {

// Runs the net forward once more, layer by layer, and describes the first
// parameter or output that holds a number that is not finite: `the parameter
// "conv1/weight" of layer "conv1"`, `the output "conv1" of layer "conv1"`;
// empty when all are finite. The caller rewinds the data first, and puts the
// running statistics back (StatisticsCopy), which move once more.
std::string DescribeFirstNonFinite(const StepContext& step, Net* net,
                                   Device* device);

}  // namespace tamp

#endif  // TAMP_SOLVERS_NON_FINITE_H_
