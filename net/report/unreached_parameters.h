// Finds parameters that should learn but that no gradient reaches.

#ifndef TAMP_NET_REPORT_UNREACHED_PARAMETERS_H_
#define TAMP_NET_REPORT_UNREACHED_PARAMETERS_H_

#include <string>
#include <vector>

#include "net/graph/graph.h"
#include "proto/net.pb.h"

namespace tamp {

// Of a planned graph of a net for training, before passes: a line for the net
// if it has no loss or nothing in it learns, and one for each reason why no
// gradient reaches layers whose parameters have an lr_mult, naming the first of
// them: `net/x.prototxt:41:3: layer "aux": its parameters get no gradient: no
// loss depends on it (and so for 3 more layers); ...`. Empty where all is well.
std::vector<std::string> FindUnreachedParameters(const NetParameter& net,
                                                 const Graph& graph);

}  // namespace tamp

#endif  // TAMP_NET_REPORT_UNREACHED_PARAMETERS_H_
