// Gives the layers of a graph their parameters in a store, where layers and
// nets share them by name.

#ifndef TAMP_NET_GRAPH_PARAMETER_DECLARATION_H_
#define TAMP_NET_GRAPH_PARAMETER_DECLARATION_H_

#include "absl/status/status.h"
#include "net/graph/graph.h"
#include "net/graph/parameter_store.h"

namespace tamp {

enum class NewParameters {
  kAllowed,
  // For a net that only tests what another one learns: its parameters must be
  // in the store, but for those that nobody would learn (lr_mult: 0).
  kRefused,
};

// Gives every node of a planned graph the store's entries of its parameters,
// adding those that are new: named "<layer>/<parameter>", or by the layer's
// ParamSpec. Errors: more ParamSpecs than parameters; shared parameters of
// different shapes or multipliers, naming both layers; new ones where they are
// refused.
absl::Status DeclareParameters(NewParameters allowed, Graph* graph,
                               ParameterStore* store);

}  // namespace tamp

#endif  // TAMP_NET_GRAPH_PARAMETER_DECLARATION_H_
