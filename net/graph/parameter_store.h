// ParameterStore: the parameters of a net, their gradients, and their names.
//
// Learned parameters and statistics live here, outside the net's arena, so that
// a training net and its test nets share them and a solver walks over them.

#ifndef TAMP_NET_GRAPH_PARAMETER_STORE_H_
#define TAMP_NET_GRAPH_PARAMETER_STORE_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/device/memory_traits.h"
#include "core/shape.h"
#include "layers/layer_plan.h"
#include "proto/layer.pb.h"

namespace tamp {

struct Parameter {
  std::string name;  // "block1/3/conv/weight", or its ParamSpec's own name
  Shape shape;
  ParameterPlan::Kind kind = ParameterPlan::Kind::kLearned;
  FillerParameter filler;
  std::optional<float> value_when_absent;  // as in ParameterPlan
  float lr_mult = 1;
  float decay_mult = 1;
  bool has_lr_mult = false;     // given by a layer
  bool has_decay_mult = false;  //
  std::string owner;  // the layer that declared it first, for messages

  float* data = nullptr;      // dense, on the device
  float* gradient = nullptr;  // null in TEST, and where it does not learn

  bool is_learned() const { return kind == ParameterPlan::Kind::kLearned; }
  // Whether a solver moves it. What does not learn asks for no gradient.
  bool learns() const { return is_learned() && lr_mult != 0; }
};

class ParameterStore {
 public:
  ParameterStore() = default;
  ParameterStore(const ParameterStore&) = delete;
  ParameterStore& operator=(const ParameterStore&) = delete;

  // Adds a parameter without memory. REQUIRES: the name is new.
  Parameter* Add(Parameter parameter);

  // Null when there is none of that name.
  Parameter* Find(absl::string_view name);
  const Parameter* Find(absl::string_view name) const;

  // In the order they were added; a deque, so that pointers stay.
  std::deque<Parameter>& parameters() { return parameters_; }
  const std::deque<Parameter>& parameters() const { return parameters_; }

  // What Allocate will ask for.
  int64_t missing_bytes(const MemoryTraits& traits, bool with_gradients) const;

  // Gives memory to the parameters that have none, fills them as their fillers
  // say (a function of seed and name alone), and, with_gradients, gives memory
  // to gradients of parameters that learn and have none.
  // REQUIRES: nothing that learns was added since gradients were given memory.
  absl::Status Allocate(Device* device, uint64_t seed, bool with_gradients);

  // All gradients, one behind the other, on the device; empty before Allocate
  // has made them. Each begins as aligned as the device wishes, and what lies
  // between them is 0: nobody writes there, and whoever adds up or scales the
  // whole leaves it 0.
  absl::Span<float> gradients() const { return gradients_; }

  // Elements of all learned parameters, also those of lr_mult 0: what a model's
  // size means.
  int64_t num_learned() const;
  // Memory of data and gradients.
  int64_t bytes() const;

 private:
  std::deque<Parameter> parameters_;
  absl::flat_hash_map<std::string, Parameter*> by_name_;
  std::deque<Buffer> buffers_;
  absl::Span<float> gradients_;  // in one of them
};

}  // namespace tamp

#endif  // TAMP_NET_GRAPH_PARAMETER_STORE_H_
