#include "solvers/backend_cpu.h"

#include <memory>
#include <vector>

#include "core/cpu/cpu_device.h"
#include "gtest/gtest.h"
#include "layers/layer_registry.h"
#include "net/passes/pass.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

TEST(BackendCpuTest, HasAllThatBelongsTogether) {
  const Backend backend = MakeCpuBackend(3);
  EXPECT_EQ(AsCpu(*backend.device).num_threads(), 3);
  EXPECT_NE(FindLayerRow(backend.layers, "FusedConvolution"), nullptr);
  EXPECT_EQ(backend.passes.size(), AllPasses().size());
  const std::vector<SgdTensor<float>> no_parameters;
  EXPECT_OK(backend.make_sgd(no_parameters, *backend.device).status());
}

}  // namespace
}  // namespace tamp
