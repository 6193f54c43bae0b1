// Modules (proto/net.proto): a net with "Module" layers to the flat net that
// they stand for.
//
// Copy n of layer "block1" names its layers and blobs "block1/n/<name>", from
// n = 1, also when there is one copy only. The module's "in" is the Module
// layer's bottom in the first copy and the "out" of the copy before in the
// others; "out" is "block1/n", and in the last copy the Module layer's top.
// Names of shared parameters get the same prefix: they are shared within a copy
// only. Modules may contain Module layers.

#ifndef TAMP_NET_TEXT_MODULES_H_
#define TAMP_NET_TEXT_MODULES_H_

#include <string>

#include "absl/status/statusor.h"
#include "proto/net.pb.h"

namespace tamp {

// The net without modules. The include and exclude rules of a Module layer go
// to each of its layers; all rules are kept, so that the result serves every
// state (see filter.h).
//
// Errors, each with its place: a module that does not exist (the nearest name
// is suggested), contains itself, has two of a name, uses a blob that it does
// not make, never uses "in" or never makes "out"; an argument that is missing,
// unknown, given twice or unfit for its field; a repeat below 1; not exactly
// one bottom and one top; and more layers than any real net has.
absl::StatusOr<NetParameter> ExpandModules(const NetParameter& net);

// An expanded net as text. Caffe reads it, except for fields that Caffe lacks.
std::string PrintFlatNet(const NetParameter& expanded);

}  // namespace tamp

#endif  // TAMP_NET_TEXT_MODULES_H_
