// The table of layers with kernels for CUDA: one line a layer, sorted by type.

#include "layers/cuda_layers.h"

#include "absl/types/span.h"
#include "core/cuda/on_cuda.h"
#include "kernels/cuda/copy_cuda.h"
#include "layers/accuracy/accuracy_cuda.h"
#include "layers/accuracy/accuracy_layer.h"
#include "layers/batch_norm/batch_norm_cuda.h"
#include "layers/batch_norm/batch_norm_layer.h"
#include "layers/batch_norm_apply/batch_norm_apply_cuda.h"
#include "layers/batch_norm_apply/batch_norm_apply_layer.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_cuda.h"
#include "layers/batch_norm_statistics/batch_norm_statistics_layer.h"
#include "layers/bias/bias_cuda.h"
#include "layers/bias/bias_layer.h"
#include "layers/concat/concat_layer.h"
#include "layers/convolution/convolution_cuda.h"
#include "layers/convolution/convolution_layer.h"
#include "layers/data/data_layer.h"
#include "layers/dropout/dropout_cuda.h"
#include "layers/dropout/dropout_layer.h"
#include "layers/eltwise/eltwise_cuda.h"
#include "layers/eltwise/eltwise_layer.h"
#include "layers/elu/elu_cuda.h"
#include "layers/elu/elu_layer.h"
#include "layers/flatten/flatten_layer.h"
#include "layers/fused_convolution/fused_convolution_cuda.h"
#include "layers/fused_convolution/fused_convolution_layer.h"
#include "layers/fused_pooling/fused_pooling_cuda.h"
#include "layers/fused_pooling/fused_pooling_layer.h"
#include "layers/inner_product/inner_product_cuda.h"
#include "layers/inner_product/inner_product_layer.h"
#include "layers/input/input_layer.h"
#include "layers/layer_registry.h"
#include "layers/lrn/lrn_cuda.h"
#include "layers/lrn/lrn_layer.h"
#include "layers/pooling/pooling_cuda.h"
#include "layers/pooling/pooling_layer.h"
#include "layers/prelu/prelu_cuda.h"
#include "layers/prelu/prelu_layer.h"
#include "layers/relu/relu_cuda.h"
#include "layers/relu/relu_layer.h"
#include "layers/scale/scale_cuda.h"
#include "layers/scale/scale_layer.h"
#include "layers/sigmoid/sigmoid_cuda.h"
#include "layers/sigmoid/sigmoid_layer.h"
#include "layers/slice/slice_layer.h"
#include "layers/softmax/softmax_cuda.h"
#include "layers/softmax/softmax_layer.h"
#include "layers/softmax_loss/softmax_loss_cuda.h"
#include "layers/softmax_loss/softmax_loss_layer.h"
#include "layers/split/split_layer.h"
#include "layers/tanh/tanh_cuda.h"
#include "layers/tanh/tanh_layer.h"

namespace tamp {
namespace {

constexpr LayerRow kCudaLayers[] = {
    {"Accuracy",
     [](const LayerParameter& p) {
       return AccuracyLayer::Create(p, OnCuda<MakeAccuracyCuda>);
     }},
    {"BatchNorm",
     [](const LayerParameter& p) {
       return BatchNormLayer::Create(p, OnCuda<MakeBatchNormCuda>);
     }},
    {"BatchNormApply",
     [](const LayerParameter& p) {
       return BatchNormApplyLayer::Create(p, OnCuda<MakeBatchNormApplyCuda>);
     },
     /*is_made_by_passes=*/true},
    {"BatchNormStatistics",
     [](const LayerParameter& p) {
       return BatchNormStatisticsLayer::Create(
           p, OnCuda<MakeBatchNormStatisticsCuda>);
     },
     /*is_made_by_passes=*/true},
    {"Bias",
     [](const LayerParameter& p) {
       return BiasLayer::Create(p, OnCuda<MakeBiasCuda>);
     }},
    {"Concat",
     [](const LayerParameter& p) {
       return ConcatLayer::Create(p, OnCuda<MakeCopyCuda>);
     }},
    {"Convolution",
     [](const LayerParameter& p) {
       return ConvolutionLayer::Create(p, MakeConvolutionCuda);
     }},
    {"Data", DataLayer::Create},
    {"Dropout",
     [](const LayerParameter& p) {
       return DropoutLayer::Create(p, OnCuda<MakeDropoutCuda>);
     }},
    {"ELU",
     [](const LayerParameter& p) {
       return EluLayer::Create(p, OnCuda<MakeEluCuda>);
     }},
    {"Eltwise",
     [](const LayerParameter& p) {
       return EltwiseLayer::Create(p, OnCuda<MakeEltwiseCuda>);
     }},
    {"Flatten",
     [](const LayerParameter& p) {
       return FlattenLayer::Create(p, OnCuda<MakeCopyCuda>);
     }},
    {"FusedConvolution",
     [](const LayerParameter& p) {
       return FusedConvolutionLayer::Create(p, MakeFusedConvolutionCuda);
     },
     /*is_made_by_passes=*/true},
    {"FusedPooling",
     [](const LayerParameter& p) {
       return FusedPoolingLayer::Create(p, OnCuda<MakeFusedPoolingCuda>);
     },
     /*is_made_by_passes=*/true},
    {"InnerProduct",
     [](const LayerParameter& p) {
       return InnerProductLayer::Create(p, MakeInnerProductCuda);
     }},
    {"Input", InputLayer::Create},
    {"LRN",
     [](const LayerParameter& p) {
       return LrnLayer::Create(p, OnCuda<MakeLrnCuda>);
     }},
    {"PReLU",
     [](const LayerParameter& p) {
       return PreluLayer::Create(p, OnCuda<MakePreluCuda>);
     }},
    {"Pooling",
     [](const LayerParameter& p) {
       return PoolingLayer::Create(p, OnCuda<MakePoolingCuda>);
     }},
    {"ReLU",
     [](const LayerParameter& p) {
       return ReluLayer::Create(p, OnCuda<MakeReluCuda>);
     }},
    {"Scale",
     [](const LayerParameter& p) {
       return ScaleLayer::Create(p, OnCuda<MakeScaleCuda>);
     }},
    {"Sigmoid",
     [](const LayerParameter& p) {
       return SigmoidLayer::Create(p, OnCuda<MakeSigmoidCuda>);
     }},
    {"Slice",
     [](const LayerParameter& p) {
       return SliceLayer::Create(p, OnCuda<MakeCopyCuda>);
     }},
    {"Softmax",
     [](const LayerParameter& p) {
       return SoftmaxLayer::Create(p, OnCuda<MakeSoftmaxCuda>);
     }},
    {"SoftmaxWithLoss",
     [](const LayerParameter& p) {
       return SoftmaxLossLayer::Create(p, OnCuda<MakeSoftmaxLossCuda>);
     },
     /*is_made_by_passes=*/false,
     /*has_automatic_top=*/true},
    {"Split",
     [](const LayerParameter& p) {
       return SplitLayer::Create(p, OnCuda<MakeCopyCuda>);
     }},
    {"TanH",
     [](const LayerParameter& p) {
       return TanhLayer::Create(p, OnCuda<MakeTanhCuda>);
     }},
};

}  // namespace

absl::Span<const LayerRow> CudaLayers() { return kCudaLayers; }

}  // namespace tamp
