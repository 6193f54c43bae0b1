// Graph: a net as nodes (layers) and values (tops), in static single
// assignment: each value is written once. A layer that works in place in the
// text reads one value and makes another of the same name; whether they share
// memory is the planner's choice, never a question of correctness.
//
// Nodes stand in the order of the file, producers before consumers. Passes
// rewrite the graph; the planner and the executor read it.

#ifndef TAMP_NET_GRAPH_GRAPH_H_
#define TAMP_NET_GRAPH_GRAPH_H_

#include <memory>
#include <string>
#include <vector>

#include "core/shape.h"
#include "layers/layer.h"
#include "layers/layer_plan.h"
#include "net/graph/parameter_store.h"
#include "proto/layer.pb.h"

namespace tamp {

// A value that is nothing but a range of another value's channels.
struct Placement {
  int value = -1;  // -1: memory of its own
  int64_t channel_offset = 0;
};

struct Value {
  std::string name;  // of the top
  Shape shape;       // known once its producer is planned
  int producer = -1;
  int output_index = 0;  // among the producer's outputs
  Placement placement;   // set by passes
};

struct Node {
  LayerParameter parameter;
  std::vector<int> inputs;   // values
  std::vector<int> outputs;  // values

  // Set by planning.
  std::unique_ptr<Layer> layer;
  LayerPlan plan;
  // The store's entries, in the order of the plan's parameters.
  std::vector<Parameter*> parameters;

  // Set by passes: the node does nothing, since its inputs already lie where
  // its outputs are.
  bool is_elided = false;
};

struct Graph {
  std::vector<Node> nodes;
  std::vector<Value> values;
  Phase phase = TRAIN;
  // The inputs of the net have gradients too.
  bool force_backward = false;

  // A new value that no node makes yet; returns its number.
  int AddValue(std::string name, const Shape& shape);

  // Nodes that read the value, ascending; a node that reads it twice is there
  // twice.
  std::vector<int> Consumers(int value) const;

  // Takes a new list of nodes, of which those without outputs are dropped (a
  // pass empties what it replaces), and renumbers the producers. Values keep
  // their numbers; those without a producer are dead.
  void ReplaceNodes(std::vector<Node> replacement);
};

}  // namespace tamp

#endif  // TAMP_NET_GRAPH_GRAPH_H_
