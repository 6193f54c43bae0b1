#include "proto/like_text.h"

#include <limits>

#include "absl/status/status.h"
#include "google/protobuf/unknown_field_set.h"
#include "gtest/gtest.h"
#include "proto/net.pb.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

NetParameter TwoLayers() {
  NetParameter net;
  net.add_layer()->set_name("data");
  net.add_layer()->set_name("pool");
  return net;
}

void ExpectRefused(const NetParameter& net, const char* message) {
  EXPECT_THAT(CheckLikeText(net),
              StatusIs(absl::StatusCode::kInvalidArgument, message));
}

TEST(LikeTextTest, AcceptsWhatTextCanSay) {
  NetParameter net = TwoLayers();
  net.mutable_layer(1)->mutable_pooling_param()->set_kernel_size(2);
  net.mutable_layer(1)->add_loss_weight(0.5);
  EXPECT_OK(CheckLikeText(net));
}

// protobuf puts numbers that an enum has not among the unknown fields.
TEST(LikeTextTest, RefusesUnknownNumbersOfEnums) {
  PoolingParameter unknown;
  unknown.mutable_unknown_fields()->AddVarint(1, 57);
  NetParameter net = TwoLayers();
  ASSERT_TRUE(net.mutable_layer(1)->mutable_pooling_param()->ParseFromString(
      unknown.SerializeAsString()));
  ExpectRefused(net,
                "layer[1].pooling_param: unknown field or value (field 1)");
}

TEST(LikeTextTest, RefusesUnknownFields) {
  NetParameter net = TwoLayers();
  net.mutable_unknown_fields()->AddLengthDelimited(500, "x");
  ExpectRefused(net, "NetParameter: unknown field or value (field 500)");
}

TEST(LikeTextTest, RefusesControlCharacters) {
  NetParameter net = TwoLayers();
  net.mutable_layer(1)->add_top("a\nb");
  ExpectRefused(net,
                "layer[1].top[0] holds a line break or other control "
                "character");
}

TEST(LikeTextTest, RefusesNumbersThatAreNotFinite) {
  NetParameter net = TwoLayers();
  net.mutable_layer(0)->add_loss_weight(kInfinity);
  ExpectRefused(net, "layer[0].loss_weight[0] is inf, it must be finite");
}

// Trained numbers are another reader's.
TEST(LikeTextTest, LeavesBlobsAlone) {
  NetParameter net = TwoLayers();
  net.mutable_layer(0)->add_blobs()->add_data(kInfinity);
  EXPECT_OK(CheckLikeText(net));
}

}  // namespace
}  // namespace tamp
