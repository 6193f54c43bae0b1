#include "formats/safetensors.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/files/atomic_file.h"
#include "core/files/read_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string TestPath() { return testing::TempDir() + "/test.safetensors"; }

// A file of this header and this many bytes of data, 0, 1, 2, ...
std::string WriteFile(const std::string& header, int data_bytes) {
  const uint64_t length = header.size();
  std::string data(data_bytes, '\0');
  for (int i = 0; i < data_bytes; ++i) data[i] = static_cast<char>(i);
  CHECK_OK(WriteFileAtomically(
      TestPath(), {absl::string_view(reinterpret_cast<const char*>(&length), 8),
                   header, data}));
  return TestPath();
}

std::vector<float> Floats(const Safetensors& file, const char* name) {
  const Safetensors::Tensor* tensor = file.Find(name);
  EXPECT_NE(tensor, nullptr) << name;
  if (tensor == nullptr) return {};
  const absl::StatusOr<std::vector<float>> floats = tensor->ToFloats();
  EXPECT_OK(floats);
  return floats.ok() ? *floats : std::vector<float>();
}

TEST(SafetensorsTest, ReadsWhatItWrites) {
  const std::vector<float> a = {1.5f, -2, 0, 3, 4, 1e-30f}, b = {7};
  ASSERT_OK(WriteSafetensors(TestPath(),
                             {{"z/\"a\"", {2, 3}, a}, {"b", Shape(), b}}));
  ASSERT_OK_AND_ASSIGN(const Safetensors file, Safetensors::Read(TestPath()));
  ASSERT_EQ(file.tensors().size(), 2u);
  EXPECT_EQ(file.tensors()[0].name, "b");
  EXPECT_TRUE(file.tensors()[0].HasShape(Shape()));
  EXPECT_THAT(Floats(file, "b"), ElementsAre(7));
  const Safetensors::Tensor* tensor = file.Find("z/\"a\"");
  ASSERT_NE(tensor, nullptr);
  EXPECT_TRUE(tensor->HasShape({2, 3}));
  EXPECT_EQ(tensor->ShapeText(), "2x3");
  EXPECT_EQ(Floats(file, "z/\"a\""), a);
  EXPECT_EQ(file.Find("a"), nullptr);
  EXPECT_EQ(file.Find("zz"), nullptr);
}

TEST(SafetensorsTest, WritesNothing) {
  ASSERT_OK(WriteSafetensors(TestPath(), {}));
  ASSERT_OK_AND_ASSIGN(const Safetensors file, Safetensors::Read(TestPath()));
  EXPECT_TRUE(file.tensors().empty());
}

TEST(SafetensorsTest, ConvertsAllTypes) {
  const double f64 = -0.5;
  const int64_t i64 = -3;
  const int32_t i32 = 1 << 20;
  const std::string header =
      R"({"__metadata__":{"by":"test"},
          "d":{"dtype":"F64","shape":[1],"data_offsets":[2,10]},
          "l":{"dtype":"I64","shape":[],"data_offsets":[10,18]},
          "i":{"dtype":"I32","shape":[1,1],"data_offsets":[18,22]},
          "u":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})";
  const uint64_t length = header.size();
  std::string data("\x05\xFF", 2);
  data.append(reinterpret_cast<const char*>(&f64), 8);
  data.append(reinterpret_cast<const char*>(&i64), 8);
  data.append(reinterpret_cast<const char*>(&i32), 4);
  ASSERT_OK(WriteFileAtomically(
      TestPath(), {absl::string_view(reinterpret_cast<const char*>(&length), 8),
                   header, data}));
  ASSERT_OK_AND_ASSIGN(const Safetensors file, Safetensors::Read(TestPath()));
  EXPECT_THAT(Floats(file, "u"), ElementsAre(5, 255));
  EXPECT_THAT(Floats(file, "d"), ElementsAre(-0.5f));
  EXPECT_THAT(Floats(file, "l"), ElementsAre(-3));
  EXPECT_THAT(Floats(file, "i"), ElementsAre(1 << 20));
}

// Only who asks for its numbers is refused.
TEST(SafetensorsTest, KeepsWhatCannotBeRead) {
  ASSERT_OK_AND_ASSIGN(
      const Safetensors file,
      Safetensors::Read(WriteFile(
          R"({"f8":{"dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]},
              "f4":{"dtype":"F4","shape":[4],"data_offsets":[2,4]},
              "u8":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}})",
          5)));
  EXPECT_EQ(file.tensors().size(), 3u);
  EXPECT_THAT(
      file.Find("f8")->ToFloats(),
      StatusIs(absl::StatusCode::kInvalidArgument,
               HasSubstr("tensor \"f8\" is of type F8_E4M3; what can be "
                         "read are F32, F16")));
  EXPECT_FALSE(file.Find("f4")->ToFloats().ok());
  EXPECT_THAT(Floats(file, "u8"), ElementsAre(4));
}

TEST(SafetensorsTest, KeepsEmptyTensors) {
  ASSERT_OK_AND_ASSIGN(
      const Safetensors file,
      Safetensors::Read(WriteFile(
          R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},
              "b":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},
              "c":{"dtype":"F32","shape":[3,0,2],"data_offsets":[2,2]},
              "d":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1,1],
                   "data_offsets":[2,3]},
              "e":{"dtype":"BOOL","shape":[0],"data_offsets":[3,3]},
              "f":{"dtype":"F32","shape":[1099511627776,0],
                   "data_offsets":[3,3]}})",
          3)));
  EXPECT_TRUE(Floats(file, "f").empty());
  EXPECT_TRUE(Floats(file, "b").empty());
  EXPECT_TRUE(Floats(file, "c").empty());
  EXPECT_EQ(file.Find("c")->ShapeText(), "3x0x2");
  EXPECT_FALSE(file.Find("b")->HasShape(Shape()));
  EXPECT_THAT(Floats(file, "d"), ElementsAre(2));
}

struct BadCase {
  const char* header;
  int data_bytes;
  const char* message;
};

TEST(SafetensorsTest, RefusesDamage) {
  const BadCase cases[] = {
      {"", 0, "not a JSON object"},
      {"[]", 0, "not a JSON object"},
      {"{\"a\":", 0, "not a JSON object"},
      {"{\"a\":3}", 0, "tensor \"a\": is not an object"},
      {R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4, "no \"dtype\""},
      {R"({"a":{"dtype":"F16","shape":[3],"data_offsets":[0,4]}})", 4,
       "has 4 bytes of data, but F16 3 needs 6"},
      {R"({"a":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[0,5]}})", 4,
       "do not lie in the file"},
      {R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4, "no list \"shape\""},
      {R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4,
       "something else than whole numbers"},
      {R"({"a":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", 4,
       "something else than whole numbers"},
      {R"({"a":{"dtype":"F32","shape":[18446744073709551615],)"
       R"("data_offsets":[0,4]}})",
       4, "something else than whole numbers"},
      {R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,4]}})", 4,
       "has 4 bytes of data, but F32 0 needs 0"},
      // 2^62 elements of 4 bytes: the product of bytes would wrap to 0.
      {R"({"a":{"dtype":"F32","shape":[4611686018427387904],)"
       R"("data_offsets":[0,0]}})",
       0, "tensor \"a\": of shape 4611686018427387904 is too large"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})", 4,
       "may be truncated"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4,
       "do not lie in the file's 4 bytes"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4]}})", 4,
       "do not lie in the file"},
      {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4,
       "has 4 bytes of data, but F32 2 needs 8"},
      {R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8,
       "leave a gap"},
      {R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
       R"("b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}})",
       3, "overlap"},
      // An empty one inside of another.
      {R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},)"
       R"("b":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}})",
       2, "overlap"},
      {R"({"a":{"dtype":"U4","shape":[2],"data_offsets":[0,2]},)"
       R"("b":{"dtype":"U4","shape":[2],"data_offsets":[1,3]}})",
       3, "overlap"},
      {R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
       R"("a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
       1, "the header has the name \"a\" twice"},
      {R"({"a":{"dtype":"U8","dtype":"I8","shape":[1],)"
       R"("data_offsets":[0,1]}})",
       1, "the header has the name \"dtype\" twice"},
      {R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}})", 3,
       "need 2 bytes of data, the file has 3"},
  };
  for (const BadCase& bad : cases) {
    const std::string path = WriteFile(bad.header, bad.data_bytes);
    const absl::StatusOr<Safetensors> file = Safetensors::Read(path);
    EXPECT_THAT(file, StatusIs(absl::StatusCode::kInvalidArgument,
                               HasSubstr(bad.message)))
        << bad.header;
    EXPECT_THAT(std::string(file.status().message()), HasSubstr(path));
  }
}

TEST(SafetensorsTest, RefusesLengthsBeyondTheFile) {
  ASSERT_OK(WriteFileAtomically(TestPath(), {"1234567"}));
  EXPECT_THAT(
      Safetensors::Read(TestPath()),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("too short")));
  for (const uint64_t length :
       {uint64_t{3}, uint64_t{100'000'001}, ~uint64_t{0}}) {
    ASSERT_OK(WriteFileAtomically(
        TestPath(),
        {absl::string_view(reinterpret_cast<const char*>(&length), 8), "{}"}));
    EXPECT_THAT(Safetensors::Read(TestPath()),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("does not fit the file")));
  }
  EXPECT_THAT(Safetensors::Read(testing::TempDir() + "/none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/none")));
}

TEST(SafetensorsTest, EveryTruncationIsAnError) {
  const std::vector<float> a = {1, 2, 3};
  ASSERT_OK(WriteSafetensors(TestPath(), {{"a", {3}, a}}));
  ASSERT_OK_AND_ASSIGN(const std::string bytes, ReadFile(TestPath(), 1 << 20));
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_OK(WriteFileAtomically(TestPath(),
                                  {absl::string_view(bytes).substr(0, size)}));
    EXPECT_FALSE(Safetensors::Read(TestPath()).ok()) << size;
  }
}

}  // namespace
}  // namespace tamp
