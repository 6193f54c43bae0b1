// The "Data" layer: no bottoms; top 0 is a batch of samples, batch x channels x
// height x width, top 1, if any, their labels, batch.
//
// Batches come from the BatchSource of the plan, which has been opened before;
// its threads have finished them, and Forward copies them to the device. On a
// device with Staging the samples of the next step are there already: what a
// position holds is always the same, so all that Forward must know is whether
// the source still stands where they come from. Without a source the layer is
// planned from data_param.shape alone and its Forward leaves the outputs as
// they are.

#ifndef TAMP_LAYERS_DATA_DATA_LAYER_H_
#define TAMP_LAYERS_DATA_DATA_LAYER_H_

#include <cstdint>
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
  void PrepareNextStep() override;

 private:
  // Samples that are on the device already.
  struct Staged {
    int64_t position = 0, count = 0;    // of the first, and how many
    int64_t samples = -1, labels = -1;  // tickets
  };

  explicit DataLayer(const LayerParameter& parameter) : parameter_(parameter) {}

  absl::StatusOr<Shape> SampleShape() const;
  // Copies samples and labels to the outputs, from sample n of the batch on.
  void Copy(const Samples& samples, int64_t n, absl::Span<const View> outputs);
  // The same for the first of the batch; false where they are not there.
  bool Take(const Staged& staged, absl::Span<const View> outputs);

  const LayerParameter parameter_;
  Device* device_ = nullptr;
  BatchSource* source_ = nullptr;
  int64_t batch_size_ = 0;
  bool outputs_are_dense_ = false;  // of the last Forward
  Staged staged_;                   // no samples: nothing
};

}  // namespace tamp

#endif  // TAMP_LAYERS_DATA_DATA_LAYER_H_
