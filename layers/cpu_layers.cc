// The table of layers with kernels for CPUs: one line a layer, sorted by type.

#include "layers/layer_registry.h"
#include "layers/relu/relu_cpu.h"
#include "layers/relu/relu_layer.h"

namespace tamp {
namespace {

constexpr LayerRow kCpuLayers[] = {
    {"ReLU",
     [](const LayerParameter& p) { return ReluLayer::Create(p, MakeReluCpu); }},
};

}  // namespace

absl::Span<const LayerRow> CpuLayers() { return kCpuLayers; }

}  // namespace tamp
