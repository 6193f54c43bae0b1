#include "tests/util/devices/available_devices.h"

#include <string>
#include <vector>

#include "core/device/device.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/backend.h"

namespace tamp {
namespace {

using testing::ElementsAre;

// Where the simulator is, tests run over it.
TEST(AvailableDevicesTest, HasAllKinds) {
  std::vector<std::string> names;
  for (const AvailableDevice& device : AvailableDevices()) {
    names.push_back(device.name);
  }
  EXPECT_THAT(names, ElementsAre("cpu", "host", "cuda"));
}

TEST(AvailableDevicesTest, AllHaveTheSameLayersAndPasses) {
  const std::vector<AvailableDevice> devices = AvailableDevices();
  const Backend cpu = devices[0].make_backend(1);
  for (const AvailableDevice& device : devices) {
    SCOPED_TRACE(device.name);
    const Backend backend = device.make_backend(1);
    ASSERT_EQ(backend.layers.size(), cpu.layers.size());
    for (size_t i = 0; i < cpu.layers.size(); ++i) {
      EXPECT_STREQ(backend.layers[i].type, cpu.layers[i].type);
      EXPECT_EQ(backend.layers[i].is_made_by_passes,
                cpu.layers[i].is_made_by_passes);
      EXPECT_EQ(backend.layers[i].has_automatic_top,
                cpu.layers[i].has_automatic_top);
    }
    ASSERT_EQ(backend.passes.size(), cpu.passes.size());
    for (size_t i = 0; i < cpu.passes.size(); ++i) {
      EXPECT_EQ(backend.passes[i].name, cpu.passes[i].name);
    }
  }
}

}  // namespace
}  // namespace tamp
