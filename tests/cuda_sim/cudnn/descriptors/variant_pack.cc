#include "tests/cuda_sim/cudnn/descriptors/variant_pack.h"

#include "tests/cuda_sim/cudnn/descriptors/attributes.h"
#include "tests/cuda_sim/cudnn/descriptors/refusal.h"

namespace tamp {
namespace cuda_sim {
namespace {

constexpr int64_t kMostTensors = 64;

}  // namespace

cudnnStatus_t VariantPackDescriptor::SetAttribute(
    cudnnBackendAttributeName_t name, const Elements& elements) {
  switch (name) {
    case CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS:
      return ReadList(elements, CUDNN_TYPE_INT64, kMostTensors, &pack_.ids);
    case CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS:
      return ReadList(elements, CUDNN_TYPE_VOID_PTR, kMostTensors,
                      &pack_.pointers);
    case CUDNN_ATTR_VARIANT_PACK_WORKSPACE:
      return ReadOne(elements, CUDNN_TYPE_VOID_PTR, &pack_.workspace);
    default:
      return UnknownAttribute(name);
  }
}

cudnnStatus_t VariantPackDescriptor::Check() {
  if (pack_.ids.size() == pack_.pointers.size()) return CUDNN_STATUS_SUCCESS;
  return Refuse(CUDNN_STATUS_BAD_PARAM,
                "there are not as many pointers as identities of tensors");
}

}  // namespace cuda_sim
}  // namespace tamp
