#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_VARIANT_PACK_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_VARIANT_PACK_H_

#include <cudnn.h>

#include <cstdint>
#include <vector>

#include "tests/cuda_sim/cudnn/descriptors/descriptor.h"

namespace tamp {
namespace cuda_sim {

// Where the tensors of an execution lie.
struct VariantPack {
  std::vector<int64_t> ids;
  std::vector<void*> pointers;
  void* workspace = nullptr;
};

class VariantPackDescriptor : public Descriptor {
 public:
  using Value = VariantPack;
  const VariantPack& value() const { return pack_; }

 protected:
  cudnnStatus_t SetAttribute(cudnnBackendAttributeName_t name,
                             const Elements& elements) override;
  cudnnStatus_t Check() override;

 private:
  VariantPack pack_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_DESCRIPTORS_VARIANT_PACK_H_
