#include "tests/util/devices/host_layers.h"

#include "kernels/cpu/copy_cpu.h"
#include "layers/accuracy/accuracy_cpu.h"
#include "layers/accuracy/accuracy_layer.h"
#include "layers/batch_norm/batch_norm_cpu.h"
#include "layers/batch_norm/batch_norm_layer.h"
#include "layers/batch_norm_apply/batch_norm_apply_cpu.h"
#include "layers/batch_norm_apply/batch_norm_apply_layer.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_cpu.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_layer.h"
#include "layers/bias/bias_cpu.h"
#include "layers/bias/bias_layer.h"
#include "layers/concat/concat_layer.h"
#include "layers/convolution/convolution_cpu.h"
#include "layers/convolution/convolution_layer.h"
#include "layers/data/data_layer.h"
#include "layers/dropout/dropout_cpu.h"
#include "layers/dropout/dropout_layer.h"
#include "layers/eltwise/eltwise_cpu.h"
#include "layers/eltwise/eltwise_layer.h"
#include "layers/elu/elu_cpu.h"
#include "layers/elu/elu_layer.h"
#include "layers/flatten/flatten_layer.h"
#include "layers/fused_convolution/fused_convolution_cpu.h"
#include "layers/fused_convolution/fused_convolution_layer.h"
#include "layers/fused_pooling/fused_pooling_cpu.h"
#include "layers/fused_pooling/fused_pooling_layer.h"
#include "layers/inner_product/inner_product_cpu.h"
#include "layers/inner_product/inner_product_layer.h"
#include "layers/input/input_layer.h"
#include "layers/layer_registry.h"
#include "layers/lrn/lrn_cpu.h"
#include "layers/lrn/lrn_layer.h"
#include "layers/pooling/pooling_cpu.h"
#include "layers/pooling/pooling_layer.h"
#include "layers/prelu/prelu_cpu.h"
#include "layers/prelu/prelu_layer.h"
#include "layers/relu/relu_cpu.h"
#include "layers/relu/relu_layer.h"
#include "layers/scale/scale_cpu.h"
#include "layers/scale/scale_layer.h"
#include "layers/sigmoid/sigmoid_cpu.h"
#include "layers/sigmoid/sigmoid_layer.h"
#include "layers/slice/slice_layer.h"
#include "layers/softmax/softmax_cpu.h"
#include "layers/softmax/softmax_layer.h"
#include "layers/softmax_loss/softmax_loss_cpu.h"
#include "layers/softmax_loss/softmax_loss_layer.h"
#include "layers/split/split_layer.h"
#include "layers/tanh/tanh_cpu.h"
#include "layers/tanh/tanh_layer.h"
#include "tests/util/devices/host_kernels.h"

namespace tamp {
namespace {

constexpr LayerRow kHostLayers[] = {
    {"Accuracy",
     [](const LayerParameter& p) {
       return AccuracyLayer::Create(p,
                                    MakeOnHost<HostAccuracy, MakeAccuracyCpu>);
     }},
    {"BatchNorm",
     [](const LayerParameter& p) {
       return BatchNormLayer::Create(
           p, MakeOnHost<HostBatchNorm, MakeBatchNormCpu>);
     }},
    {"BatchNormApply",
     [](const LayerParameter& p) {
       return BatchNormApplyLayer::Create(
           p, MakeOnHost<HostBatchNormApply, MakeBatchNormApplyCpu>);
     },
     /*is_made_by_passes=*/true},
    {"BatchNormStatistics",
     [](const LayerParameter& p) {
       return BatchNormStatisticsLayer::Create(
           p, MakeOnHost<HostBatchNormStatistics, MakeBatchNormStatisticsCpu>);
     },
     /*is_made_by_passes=*/true},
    {"Bias",
     [](const LayerParameter& p) {
       return BiasLayer::Create(p, MakeOnHost<HostBias, MakeBiasCpu>);
     }},
    {"Concat",
     [](const LayerParameter& p) {
       return ConcatLayer::Create(p, MakeOnHost<HostCopy, MakeCopyCpu>);
     }},
    {"Convolution",
     [](const LayerParameter& p) {
       return ConvolutionLayer::Create(
           p, MakeOnHost<HostConvolution, MakeConvolutionCpu>);
     }},
    {"Data", DataLayer::Create},
    {"Dropout",
     [](const LayerParameter& p) {
       return DropoutLayer::Create(p, MakeOnHost<HostDropout, MakeDropoutCpu>);
     }},
    {"ELU",
     [](const LayerParameter& p) {
       return EluLayer::Create(p, MakeOnHost<HostElementwise, MakeEluCpu>);
     }},
    {"Eltwise",
     [](const LayerParameter& p) {
       return EltwiseLayer::Create(p, MakeOnHost<HostEltwise, MakeEltwiseCpu>);
     }},
    {"Flatten",
     [](const LayerParameter& p) {
       return FlattenLayer::Create(p, MakeOnHost<HostCopy, MakeCopyCpu>);
     }},
    {"FusedConvolution",
     [](const LayerParameter& p) {
       return FusedConvolutionLayer::Create(
           p, MakeOnHost<HostFusedConvolution, MakeFusedConvolutionCpu>);
     },
     /*is_made_by_passes=*/true},
    {"FusedPooling",
     [](const LayerParameter& p) {
       return FusedPoolingLayer::Create(
           p, MakeOnHost<HostFusedPooling, MakeFusedPoolingCpu>);
     },
     /*is_made_by_passes=*/true},
    {"InnerProduct",
     [](const LayerParameter& p) {
       return InnerProductLayer::Create(
           p, MakeOnHost<HostInnerProduct, MakeInnerProductCpu>);
     }},
    {"Input", InputLayer::Create},
    {"LRN",
     [](const LayerParameter& p) {
       return LrnLayer::Create(p, MakeOnHost<HostLrn, MakeLrnCpu>);
     }},
    {"PReLU",
     [](const LayerParameter& p) {
       return PreluLayer::Create(p, MakeOnHost<HostPrelu, MakePreluCpu>);
     }},
    {"Pooling",
     [](const LayerParameter& p) {
       return PoolingLayer::Create(p, MakeOnHost<HostPooling, MakePoolingCpu>);
     }},
    {"ReLU",
     [](const LayerParameter& p) {
       return ReluLayer::Create(p, MakeOnHost<HostElementwise, MakeReluCpu>);
     }},
    {"Scale",
     [](const LayerParameter& p) {
       return ScaleLayer::Create(p, MakeOnHost<HostScale, MakeScaleCpu>);
     }},
    {"Sigmoid",
     [](const LayerParameter& p) {
       return SigmoidLayer::Create(p,
                                   MakeOnHost<HostElementwise, MakeSigmoidCpu>);
     }},
    {"Slice",
     [](const LayerParameter& p) {
       return SliceLayer::Create(p, MakeOnHost<HostCopy, MakeCopyCpu>);
     }},
    {"Softmax",
     [](const LayerParameter& p) {
       return SoftmaxLayer::Create(p, MakeOnHost<HostSoftmax, MakeSoftmaxCpu>);
     }},
    {"SoftmaxWithLoss",
     [](const LayerParameter& p) {
       return SoftmaxLossLayer::Create(
           p, MakeOnHost<HostSoftmaxLoss, MakeSoftmaxLossCpu>);
     },
     /*is_made_by_passes=*/false,
     /*has_automatic_top=*/true},
    {"Split",
     [](const LayerParameter& p) {
       return SplitLayer::Create(p, MakeOnHost<HostCopy, MakeCopyCpu>);
     }},
    {"TanH",
     [](const LayerParameter& p) {
       return TanhLayer::Create(p, MakeOnHost<HostElementwise, MakeTanhCpu>);
     }},
};

}  // namespace

absl::Span<const LayerRow> HostLayers() { return kHostLayers; }

}  // namespace tamp
