// The table of layers with kernels for CPUs: one line a layer, sorted by type.

#include "core/cpu/copy_cpu.h"
#include "layers/accuracy/accuracy_cpu.h"
#include "layers/accuracy/accuracy_layer.h"
#include "layers/batch_norm/batch_norm_cpu.h"
#include "layers/batch_norm/batch_norm_layer.h"
#include "layers/concat/concat_layer.h"
#include "layers/convolution/convolution_cpu.h"
#include "layers/convolution/convolution_layer.h"
#include "layers/data/data_layer.h"
#include "layers/dropout/dropout_cpu.h"
#include "layers/dropout/dropout_layer.h"
#include "layers/inner_product/inner_product_cpu.h"
#include "layers/inner_product/inner_product_layer.h"
#include "layers/input/input_layer.h"
#include "layers/layer_registry.h"
#include "layers/pooling/pooling_cpu.h"
#include "layers/pooling/pooling_layer.h"
#include "layers/relu/relu_cpu.h"
#include "layers/relu/relu_layer.h"
#include "layers/softmax_loss/softmax_loss_cpu.h"
#include "layers/softmax_loss/softmax_loss_layer.h"

namespace tamp {
namespace {

constexpr LayerRow kCpuLayers[] = {
    {"Accuracy",
     [](const LayerParameter& p) {
       return AccuracyLayer::Create(p, MakeAccuracyCpu);
     }},
    {"BatchNorm",
     [](const LayerParameter& p) {
       return BatchNormLayer::Create(p, MakeBatchNormCpu);
     }},
    {"Concat",
     [](const LayerParameter& p) {
       return ConcatLayer::Create(p, MakeCopyCpu);
     }},
    {"Convolution",
     [](const LayerParameter& p) {
       return ConvolutionLayer::Create(p, MakeConvolutionCpu);
     }},
    {"Data", DataLayer::Create},
    {"Dropout",
     [](const LayerParameter& p) {
       return DropoutLayer::Create(p, MakeDropoutCpu);
     }},
    {"InnerProduct",
     [](const LayerParameter& p) {
       return InnerProductLayer::Create(p, MakeInnerProductCpu);
     }},
    {"Input", [](const LayerParameter& p) { return InputLayer::Create(p); }},
    {"Pooling",
     [](const LayerParameter& p) {
       return PoolingLayer::Create(p, MakePoolingCpu);
     }},
    {"ReLU",
     [](const LayerParameter& p) { return ReluLayer::Create(p, MakeReluCpu); }},
    {"SoftmaxWithLoss",
     [](const LayerParameter& p) {
       return SoftmaxLossLayer::Create(p, MakeSoftmaxLossCpu);
     }},
};

}  // namespace

absl::Span<const LayerRow> CpuLayers() { return kCpuLayers; }

}  // namespace tamp
