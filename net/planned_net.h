// PlannedNet: a net with everything decided and nothing allocated: what a net
// is made from, and what a summary prints.

#ifndef TAMP_NET_PLANNED_NET_H_
#define TAMP_NET_PLANNED_NET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "layers/layer.h"
#include "net/arena.h"
#include "net/backend.h"
#include "net/graph/graph.h"
#include "net/graph/parameter_declaration.h"
#include "net/graph/parameter_store.h"
#include "net/memory/memory_budget.h"
#include "net/memory/memory_layout.h"
#include "proto/net.pb.h"

namespace tamp {

struct NetOptions {
  Phase phase = TRAIN;
  // What the layers' include and exclude rules look at besides the phase.
  int level = 0;
  std::vector<std::string> stages;
  // All three, for FlattenNet.
  NetState state() const;

  // Where the net lives, and of what. Required.
  Backend backend;
  // The batches of the net's one Data layer, opened; must outlive the net.
  // Null: Data layers leave their tops as they are.
  BatchSource* batch_source = nullptr;
  // Replaces the batch size of Data layers when positive.
  int64_t batch_size = 0;
  // Of the fillers.
  uint64_t seed = 1;
  // Keeps every value and gradient readable after the step, at the price of
  // sharing no memory: for inspection.
  bool keep_all_values = false;
  // Bytes for values, gradients, parameters and a momentum of each parameter
  // that learns; 0: no limit. What does not fit is recomputed in backward
  // (memory_budget.h), which takes time and changes no bit of any result.
  int64_t memory_budget = 0;

  // Parameters to share with other nets; must outlive this net. Null: own ones.
  ParameterStore* parameters = nullptr;
  // Whether there may be others than those.
  NewParameters new_parameters = NewParameters::kAllowed;
  // Memory to share with nets that never run between this net's Forward and
  // Backward (such as its test nets). Null: own memory.
  std::shared_ptr<Arena> arena;
};

// How often a pass found something to do.
struct PassReport {
  std::string name;
  int rewrites = 0;
};

struct PlannedNet {
  std::string name;
  Graph graph;  // after all passes
  MemoryLayout layout;
  std::vector<PassReport> passes;
  BudgetReport budget;
  // What is allowed but probably a mistake: one line each, with its place.
  std::vector<std::string> warnings;
};

// Expands modules, filters layers, wires, plans, rewrites and lays out. The
// parameters are declared in `parameters`, without memory. Errors are the
// user's, one line: `net/x.prototxt:41:3: layer "conv1": ...`.
absl::StatusOr<PlannedNet> PlanNet(const NetParameter& parameter,
                                   const NetOptions& options,
                                   ParameterStore* parameters);

}  // namespace tamp

#endif  // TAMP_NET_PLANNED_NET_H_
