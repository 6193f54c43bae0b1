// How many bottoms and tops a layer takes.

#ifndef TAMP_LAYERS_OPTIONS_ARITY_H_
#define TAMP_LAYERS_OPTIONS_ARITY_H_

#include "absl/status/status.h"
#include "proto/layer.pb.h"

namespace tamp {

struct Arity {
  static constexpr int kAny = 1 << 20;
  int min = 1;
  int max = 1;
};

// An error such as "takes 2 bottoms, has 1" or "takes at least 1 bottom, has
// 0" when the layer's bottoms or tops are not as many as it needs.
absl::Status CheckArity(const LayerParameter& parameter, Arity bottoms,
                        Arity tops);

}  // namespace tamp

#endif  // TAMP_LAYERS_OPTIONS_ARITY_H_
