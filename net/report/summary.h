// Summary of a planned net: what each layer makes and costs, and the memory
// that the plan asks for. Pure data; the tools print it.

#ifndef TAMP_NET_REPORT_SUMMARY_H_
#define TAMP_NET_REPORT_SUMMARY_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/shape.h"
#include "net/graph/parameter_store.h"
#include "net/memory/memory_budget.h"
#include "net/memory/place_buffers.h"
#include "net/planned_net.h"

namespace tamp {

struct LayerSummary {
  std::string name;
  std::string type;
  std::vector<Shape> outputs;
  // Elements of the learned parameters; those shared with a layer above count
  // there.
  int64_t parameters = 0;
  // Of them, those that do not learn (lr_mult: 0).
  int64_t frozen_parameters = 0;
  // Of one forward of the whole batch.
  int64_t multiply_adds = 0;
  // A pass made it unnecessary: it costs nothing.
  bool is_elided = false;
  // It runs forward a second time, in backward, to save memory.
  bool is_recomputed = false;
  // In training, something below its outputs learns and a loss lies above.
  bool runs_backward = false;
};

// All in bytes.
struct MemorySummary {
  static constexpr int kNumKinds = 4;  // of BufferRequest::Kind

  int64_t arena = 0;  // of the plan
  int64_t parameters = 0;
  int64_t parameter_gradients = 0;
  int64_t momentum = 0;  // the solver's, in training
  int64_t total() const {
    return arena + parameters + parameter_gradients + momentum;
  }

  // The moment at which most bytes of the arena are in use, padding not
  // counted.
  std::string peak_layer;
  int peak_step = 0;  // of num_steps; see Clock in memory_layout.h
  int num_steps = 0;
  bool peak_is_backward = false;
  int64_t peak = 0;
  std::array<int64_t, kNumKinds> peak_by_kind = {};
};

// "values", "gradients", "saved", "workspace".
const char* KindName(BufferRequest::Kind kind);

struct NetSummary {
  std::string name;
  Phase phase = TRAIN;
  int64_t batch_size = 0;  // of the first top
  std::vector<LayerSummary> layers;
  int64_t parameters = 0;
  int64_t frozen_parameters = 0;
  int64_t multiply_adds = 0;
  MemorySummary memory;
  std::vector<PassReport> passes;
  BudgetReport budget;
};

NetSummary Summarize(const PlannedNet& net, Phase phase,
                     const ParameterStore& parameters);

}  // namespace tamp

#endif  // TAMP_NET_REPORT_SUMMARY_H_
