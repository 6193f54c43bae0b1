#include "layers/absent_types.h"

namespace tamp {
namespace {

constexpr char kOneLoss[] = "the only loss is SoftmaxWithLoss";

constexpr AbsentType kAbsentTypes[] = {
    {"AbsVal", ""},
    {"ArgMax", ""},
    {"BNLL", ""},
    {"BatchReindex", ""},
    {"Clip", ""},
    {"ContrastiveLoss", kOneLoss},
    {"Crop", ""},
    {"Deconvolution", ""},
    {"DummyData",
     "use type \"Input\" with the same shapes; tools:time fills it with random "
     "numbers"},
    {"Embed", ""},
    {"EuclideanLoss", kOneLoss},
    {"Exp", ""},
    {"Filter", ""},
    {"HDF5Data",
     "write the samples as images and use type \"Data\" with data_param { "
     "backend: IMAGE_FOLDER }"},
    {"HDF5Output", "leave it out: tools:dump writes tops to a file"},
    {"HingeLoss", kOneLoss},
    {"Im2col", "leave it out: Convolution takes the images themselves"},
    {"ImageData",
     "use type \"Data\" with data_param { backend: IMAGE_FOLDER source: "
     "\"FOLDER\" }, where FOLDER/train/CLASS/ holds the images of a class"},
    {"InfogainLoss", kOneLoss},
    {"LSTM", ""},
    {"LSTMUnit", ""},
    {"Log", ""},
    {"MVN", ""},
    {"MemoryData",
     "write the samples as images and use type \"Data\" with data_param { "
     "backend: IMAGE_FOLDER }"},
    {"MultinomialLogisticLoss",
     "use SoftmaxWithLoss in place of this and the Softmax below it"},
    {"Parameter", ""},
    {"Power",
     "where power is 1, use type \"Scale\" with bias_term: true and param { "
     "lr_mult: 0 } twice"},
    {"Python", ""},
    {"RNN", ""},
    {"Reduction", ""},
    {"Reshape", "where it joins axes, use type \"Flatten\""},
    {"SPP", ""},
    {"SigmoidCrossEntropyLoss", kOneLoss},
    {"Silence", "leave it out: not every top needs a layer that takes it"},
    {"Swish", ""},
    {"Threshold", ""},
    {"Tile", ""},
    {"WindowData",
     "cut the windows out beforehand and use type \"Data\" with data_param { "
     "backend: IMAGE_FOLDER }"},
};

}  // namespace

absl::Span<const AbsentType> AbsentTypes() { return kAbsentTypes; }

const AbsentType* FindAbsentType(absl::string_view type) {
  for (const AbsentType& absent : kAbsentTypes) {
    if (absent.type == type) return &absent;
  }
  return nullptr;
}

}  // namespace tamp
