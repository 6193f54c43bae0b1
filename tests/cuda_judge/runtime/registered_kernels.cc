#include "tests/cuda_judge/runtime/registered_kernels.h"

#include <cstdint>
#include <iterator>
#include <memory>
#include <vector>

#include "core/check.h"
#include "tests/cuda_judge/code/fat_binary.h"
#include "tests/cuda_judge/code/kernel_table.h"

namespace tamp {
namespace cuda_judge {
namespace {

// What an object hands over.
struct Wrapper {
  uint32_t magic;
  uint32_t version;
  const void* container;
  const void* unused;
};
constexpr uint32_t kWrapperMagic = 0x466243b1;

// Mangled names of kernels, and their code for each architecture.
using Module = std::map<std::string, std::map<int, KernelCode>>;

std::map<const void*, RegisteredKernel>& Kernels() {
  static std::map<const void*, RegisteredKernel> kernels;
  return kernels;
}

Module ReadModule(const Wrapper& wrapper) {
  CHECK_EQ(wrapper.magic, kWrapperMagic);
  Module module;
  for (const MachineCode& code :
       MachineCodeOf(ContainerAt(wrapper.container))) {
    for (auto& [name, kernel] : KernelsOf(code)) {
      module[name][code.architecture] = kernel;
    }
  }
  return module;
}

}  // namespace

const KernelCode* RegisteredKernel::CodeFor(int architecture) const {
  const auto behind = code.upper_bound(architecture);
  if (behind == code.begin()) return nullptr;
  const auto newest = std::prev(behind);
  return newest->first / 10 == architecture / 10 ? &newest->second : nullptr;
}

const std::map<const void*, RegisteredKernel>& RegisteredKernels() {
  return Kernels();
}

}  // namespace cuda_judge
}  // namespace tamp

// What objects call when the program begins, once each, then for each kernel.
extern "C" {

void** __cudaRegisterFatBinary(void* wrapper) {
  using tamp::cuda_judge::Module;
  static std::vector<std::unique_ptr<Module>> modules;
  modules.push_back(std::make_unique<Module>(tamp::cuda_judge::ReadModule(
      *static_cast<tamp::cuda_judge::Wrapper*>(wrapper))));
  return reinterpret_cast<void**>(modules.back().get());
}

void __cudaRegisterFatBinaryEnd(void**) {}
void __cudaUnregisterFatBinary(void**) {}
char __cudaInitModule(void**) { return 1; }

void __cudaRegisterFunction(void** module, const char* host_function, char*,
                            const char* name, int, void*, void*, void*, void*,
                            int*) {
  const auto& kernels = *reinterpret_cast<tamp::cuda_judge::Module*>(module);
  const auto code = kernels.find(name);
  tamp::cuda_judge::RegisteredKernel& kernel =
      tamp::cuda_judge::Kernels()[host_function];
  kernel.name = tamp::cuda_judge::ReadableName(name);
  if (code != kernels.end()) kernel.code = code->second;
}

}  // extern "C"
