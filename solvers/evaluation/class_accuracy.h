// The accuracy of each class by itself: an Accuracy layer with a second top
// computes it.

#ifndef TAMP_SOLVERS_EVALUATION_CLASS_ACCURACY_H_
#define TAMP_SOLVERS_EVALUATION_CLASS_ACCURACY_H_

#include <string>

#include "proto/net.pb.h"

namespace tamp {

// Gives the first Accuracy layer of a flat net (net/text/flat_net.h) whose top
// no layer takes a second top, unless it has one. Returns that top's name;
// empty where there is no such layer.
std::string AddClassAccuracy(NetParameter* flat);

}  // namespace tamp

#endif  // TAMP_SOLVERS_EVALUATION_CLASS_ACCURACY_H_
