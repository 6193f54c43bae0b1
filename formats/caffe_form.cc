#include "formats/caffe_form.h"

#include "layers/options/batch_norm_parameters.h"

namespace tamp {
namespace {

// Moves gamma, beta and what is said of the top from the BatchNorm.
LayerParameter TakeScale(LayerParameter* batch_norm) {
  LayerParameter scale;
  scale.set_name(batch_norm->name() + "/scale");
  scale.set_type("Scale");
  scale.add_bottom(batch_norm->top(0));
  scale.add_top(batch_norm->top(0));
  if (batch_norm->has_phase()) scale.set_phase(batch_norm->phase());
  *scale.mutable_include() = batch_norm->include();
  *scale.mutable_exclude() = batch_norm->exclude();
  scale.mutable_param()->Swap(batch_norm->mutable_param());
  scale.mutable_loss_weight()->Swap(batch_norm->mutable_loss_weight());

  BatchNormParameter* norm = batch_norm->mutable_batch_norm_param();
  // Said where scale_bias implied it, and only where Caffe's does not follow.
  const auto running_statistics = RunningStatisticsOf(*norm);
  ScaleParameter* affine = scale.mutable_scale_param();
  affine->set_bias_term(true);
  if (norm->has_scale_filler()) {
    *affine->mutable_filler() = norm->scale_filler();
  }
  if (norm->has_bias_filler()) {
    *affine->mutable_bias_filler() = norm->bias_filler();
  }
  norm->clear_running_statistics();
  norm->clear_scale_bias();
  norm->clear_scale_filler();
  norm->clear_bias_filler();
  if (RunningStatisticsOf(*norm) != running_statistics) {
    norm->set_running_statistics(running_statistics);
  }
  return scale;
}

}  // namespace

NetParameter InCaffeForm(const NetParameter& flat) {
  NetParameter caffe = flat;
  caffe.clear_compute();
  caffe.clear_math();
  caffe.clear_layer();
  for (const LayerParameter& layer : flat.layer()) {
    LayerParameter* copy = caffe.add_layer();
    *copy = layer;
    if (layer.type() == "BatchNorm" && layer.batch_norm_param().scale_bias()) {
      LayerParameter scale = TakeScale(copy);
      caffe.add_layer()->Swap(&scale);
    }
  }
  return caffe;
}

}  // namespace tamp
