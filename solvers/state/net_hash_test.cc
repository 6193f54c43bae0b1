#include "solvers/state/net_hash.h"

#include <string>

#include "gtest/gtest.h"
#include "layers/layer_registry.h"
#include "net/text/layer_types.h"
#include "proto/text_format.h"
#include "tests/util/status_matchers.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

NetParameter Parse(const std::string& data, const std::string& fc,
                   const std::string& file) {
  const auto net = ParseNetText(
      "layer { name: 'data' type: 'Data' top: 'data' top: 'label' data_param { "
      "batch_size: 4 " +
          data +
          " } }\n"
          "layer { name: 'fc' type: 'InnerProduct' bottom: 'data' top: 'fc' "
          "inner_product_param { num_output: " +
          fc +
          " } }\n"
          "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'fc' "
          "bottom: 'label' }",
      file);
  EXPECT_OK(net);
  return *net;
}

TEST(NetHashTest, SeesWhatShapesTheResultAlone) {
  const uint64_t hash = HashNet(Parse("", "3", "net"));
  EXPECT_EQ(HashNet(Parse("source: 'a' prefetch: 9 memory_budget_mib: 5 "
                          "on_unreadable: SKIP",
                          "3", "other")),
            hash);
  EXPECT_NE(HashNet(Parse("backend: IDX", "3", "net")), hash);
  EXPECT_NE(HashNet(Parse("", "4", "net")), hash);
}

// Snapshots know a net as its file has it.
TEST(NetHashTest, DoesNotSeeAutomaticTops) {
  NetParameter net = Parse("", "3", "net");
  const uint64_t hash = HashNet(net);
  AddAutomaticTops(TestBackend().layers, &net);
  ASSERT_EQ(net.layer(2).top_size(), 1);
  EXPECT_EQ(HashNet(net), hash);
}

}  // namespace
}  // namespace tamp
