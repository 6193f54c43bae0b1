#include "net/layer_types.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "layers/layer_registry.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

TEST(LayerTypesTest, TheFirstWrongTypeIsNamedWithItsPlace) {
  ASSERT_OK_AND_ASSIGN(const NetParameter net,
                       ParseNetText("layer { name: 'a' type: 'ReLU' }\n"
                                    "layer { name: 'b' type: 'RelU' }\n"
                                    "layer { name: 'c' type: 'Tile' }\n",
                                    "net"));
  EXPECT_THAT(CheckLayerTypes(CpuLayers(), net),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "net:2:1: layer \"b\": unknown type \"RelU\"; did you "
                       "mean \"ReLU\"?"));
  ASSERT_OK_AND_ASSIGN(const NetParameter none,
                       ParseNetText("layer { name: 'x' top: 'x' }", "net"));
  EXPECT_THAT(CheckLayerTypes(CpuLayers(), none),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "net:1:1: layer \"x\": has no type"));
}

}  // namespace
}  // namespace tamp
