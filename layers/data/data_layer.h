// The "Data" layer: no bottoms; top 0 is a batch of samples, batch x channels x
// height x width, top 1, if any, their labels, batch.
//
// Batches come from the BatchSource of the plan, which has been opened before;
// its threads have finished them, and Forward copies them to the device.
// Without one the layer is planned from data_param.shape alone and its Forward
// leaves the outputs as they are.

#ifndef TAMP_LAYERS_DATA_DATA_LAYER_H_
#define TAMP_LAYERS_DATA_DATA_LAYER_H_

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "data/batch_source.h"
#include "layers/layer.h"
#include "proto/layer.pb.h"

namespace tamp {

class DataLayer : public Layer {
 public:
  static absl::StatusOr<std::unique_ptr<Layer>> Create(
      const LayerParameter& parameter);

  // Errors: no batch size, no shape, or a shape that is not the data set's.
  absl::StatusOr<LayerPlan> Plan(absl::Span<const Shape> inputs,
                                 const PlanContext& context) override;
  void Forward(const ForwardArgs& args) override;
  void Backward(const BackwardArgs& args) override;

 private:
  explicit DataLayer(const LayerParameter& parameter) : parameter_(parameter) {}

  absl::StatusOr<Shape> SampleShape() const;

  const LayerParameter parameter_;
  Device* device_ = nullptr;
  BatchSource* source_ = nullptr;
};

}  // namespace tamp

#endif  // TAMP_LAYERS_DATA_DATA_LAYER_H_
