#include "formats/snapshot.h"

#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using absl::StatusCode;
using testing::HasSubstr;
using testing::StartsWith;

std::string TempPath(const std::string& name) {
  return testing::TempDir() + "/" + name;
}

std::string Bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void SetBytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

void AddTensor(const std::string& name, SnapshotParameter::Tensor::Kind kind,
               const std::vector<int64_t>& dims,
               const std::vector<float>& values, SnapshotParameter* snapshot) {
  SnapshotParameter::Tensor* tensor = snapshot->add_tensor();
  tensor->set_name(name);
  tensor->set_kind(kind);
  for (const int64_t dim : dims) tensor->mutable_shape()->add_dim(dim);
  tensor->set_data(values.data(), values.size() * sizeof(float));
}

SnapshotParameter MakeSnapshot() {
  SnapshotParameter snapshot;
  snapshot.set_iteration(7);
  snapshot.set_epoch(1);
  snapshot.set_seed(5);
  snapshot.set_data_position(70);
  snapshot.set_data_size(50);
  snapshot.set_net_name("net");
  snapshot.set_net_hash(0x123456789abcdef0);
  snapshot.set_solver_type("SGD");
  AddTensor("fc/weight", SnapshotParameter::Tensor::WEIGHT, {2, 3},
            {1, 2, 3, 4, 5, 6}, &snapshot);
  AddTensor("fc/weight", SnapshotParameter::Tensor::MOMENTUM, {2, 3},
            {0, 0, 0, 0, 0, -1e-30f}, &snapshot);
  AddTensor("bn/running_mean", SnapshotParameter::Tensor::STATISTIC, {1}, {9},
            &snapshot);
  return snapshot;
}

TEST(SnapshotTest, ComesBackAsItWas) {
  const std::string path = TempPath("round_trip.snapshot");
  ASSERT_OK(WriteSnapshot(path, MakeSnapshot()));
  ASSERT_OK_AND_ASSIGN(const SnapshotParameter read, ReadSnapshot(path));
  EXPECT_EQ(read.SerializeAsString(), MakeSnapshot().SerializeAsString());
}

TEST(SnapshotTest, HeaderIsAsDocumented) {
  const std::string path = TempPath("header.snapshot");
  ASSERT_OK(WriteSnapshot(path, MakeSnapshot()));
  const std::string bytes = Bytes(path);
  EXPECT_THAT(bytes, StartsWith(std::string("TAMPSNAP\1\0\0\0", 12)));
  uint64_t length;
  std::memcpy(&length, bytes.data() + 16, sizeof(length));
  EXPECT_EQ(length, bytes.size() - 24);
}

TEST(SnapshotTest, NeverWritesWhatIsNotFinite) {
  const std::string path = TempPath("nan.snapshot");
  for (const float bad : {std::nanf(""), INFINITY, -INFINITY}) {
    SnapshotParameter snapshot = MakeSnapshot();
    AddTensor("conv/weight", SnapshotParameter::Tensor::WEIGHT, {3},
              {0, bad, 0}, &snapshot);
    EXPECT_THAT(WriteSnapshot(path, snapshot),
                StatusIs(StatusCode::kFailedPrecondition,
                         HasSubstr("element 1 of the parameter \"conv/weight\""
                                   " is not finite")));
  }
  EXPECT_THAT(ReadSnapshot(path),
              StatusIs(StatusCode::kNotFound, HasSubstr("nan.snapshot")));
}

TEST(SnapshotTest, AnErrorKeepsTheOldFile) {
  const std::string path = TempPath("old.snapshot");
  ASSERT_OK(WriteSnapshot(path, MakeSnapshot()));
  const std::string before = Bytes(path);
  SnapshotParameter bad = MakeSnapshot();
  AddTensor("x", SnapshotParameter::Tensor::WEIGHT, {1}, {std::nanf("")}, &bad);
  EXPECT_FALSE(WriteSnapshot(path, bad).ok());
  EXPECT_EQ(Bytes(path), before);
}

TEST(SnapshotTest, EveryTruncationIsAnError) {
  const std::string path = TempPath("truncated.snapshot");
  ASSERT_OK(WriteSnapshot(path, MakeSnapshot()));
  const std::string bytes = Bytes(path);
  for (size_t size = 0; size < bytes.size(); ++size) {
    SetBytes(path, bytes.substr(0, size));
    EXPECT_FALSE(ReadSnapshot(path).ok()) << size;
  }
  SetBytes(path, bytes + "x");
  EXPECT_THAT(ReadSnapshot(path),
              StatusIs(StatusCode::kDataLoss,
                       HasSubstr("truncated.snapshot: damaged: its header")));
}

TEST(SnapshotTest, EveryFlippedBitIsAnError) {
  const std::string path = TempPath("flipped.snapshot");
  ASSERT_OK(WriteSnapshot(path, MakeSnapshot()));
  const std::string bytes = Bytes(path);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string bad = bytes;
    bad[i] ^= 1 << (i % 8);
    SetBytes(path, bad);
    EXPECT_FALSE(ReadSnapshot(path).ok()) << "byte " << i;
  }
}

TEST(SnapshotTest, OtherFilesAreRefused) {
  const std::string path = TempPath("other.snapshot");
  SetBytes(path, "name: \"net\"");
  EXPECT_THAT(ReadSnapshot(path), StatusIs(StatusCode::kInvalidArgument,
                                           HasSubstr("not a snapshot")));
}

// Files whose checksum is right and whose contents are not.
TEST(SnapshotTest, ContentsAreChecked) {
  struct Case {
    const char* name;
    std::vector<int64_t> dims;
    std::vector<float> values;
    const char* message;
  };
  const Case cases[] = {
      {"a", {2, 3}, {1, 2}, "parameter \"a\" has 8 bytes, its shape 2x3 needs"},
      {"a", {0}, {}, "parameter \"a\": "},
      {"a", {-1}, {}, "parameter \"a\": "},
      {"a", {int64_t{1} << 32, int64_t{1} << 32}, {}, "parameter \"a\": "},
      {"fc/weight", {1}, {1}, "parameter \"fc/weight\" is there twice"},
  };
  const std::string path = TempPath("contents.snapshot");
  for (const Case& c : cases) {
    SnapshotParameter snapshot = MakeSnapshot();
    AddTensor(c.name, SnapshotParameter::Tensor::WEIGHT, c.dims, c.values,
              &snapshot);
    ASSERT_OK(WriteSnapshot(path, snapshot));
    EXPECT_THAT(ReadSnapshot(path),
                StatusIs(StatusCode::kDataLoss, HasSubstr(c.message)));
  }
  SnapshotParameter negative = MakeSnapshot();
  negative.set_data_position(-1);
  ASSERT_OK(WriteSnapshot(path, negative));
  EXPECT_THAT(ReadSnapshot(path), StatusIs(StatusCode::kDataLoss,
                                           HasSubstr("data_position is -1")));
}

}  // namespace
}  // namespace tamp
