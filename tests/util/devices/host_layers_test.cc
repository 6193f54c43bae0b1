#include "tests/util/devices/host_layers.h"

#include <string>

#include "gtest/gtest.h"
#include "layers/cpu_layers.h"
#include "layers/layer_registry.h"

namespace tamp {
namespace {

TEST(HostLayersTest, HasTheRowsOfTheTableForCpus) {
  ASSERT_EQ(HostLayers().size(), CpuLayers().size())
      << "the tables have the same rows";
  for (size_t i = 0; i < HostLayers().size(); ++i) {
    const LayerRow& host = HostLayers()[i];
    const LayerRow& cpu = CpuLayers()[i];
    EXPECT_EQ(std::string(host.type), cpu.type);
    EXPECT_EQ(host.is_made_by_passes, cpu.is_made_by_passes) << host.type;
    EXPECT_EQ(host.has_automatic_top, cpu.has_automatic_top) << host.type;
  }
}

}  // namespace
}  // namespace tamp
