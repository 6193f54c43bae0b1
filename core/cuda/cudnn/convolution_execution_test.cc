// Plans, executed, held to plain loops. Elements are small whole numbers, of
// which all types and sums are exact, so that results must be equal.

#include <cuda_runtime_api.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/cuda/cudnn/convolution_plan.h"
#include "core/cuda/handles.h"
#include "gtest/gtest.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

int64_t ByteSize(ElementType type) {
  return type == ElementType::kFloat32 ? 4 : 2;
}

// The bits of a number that the type holds exactly, or of a NaN.
uint32_t Encode(float value, ElementType type) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  if (type == ElementType::kFloat32) return bits;
  if (type == ElementType::kBfloat16) return bits >> 16;
  const uint32_t sign = bits >> 31 << 15;
  if (value == 0) return sign;
  if (std::isnan(value)) return 0x7e00;
  const uint32_t exponent = (bits >> 23 & 0xff) - 127 + 15;
  return sign | exponent << 10 | (bits >> 13 & 0x3ff);
}

float Decode(uint32_t bits, ElementType type) {
  float value;
  if (type != ElementType::kFloat16) {
    if (type == ElementType::kBfloat16) bits <<= 16;
    std::memcpy(&value, &bits, sizeof(value));
    return value;
  }
  const int exponent = static_cast<int>(bits >> 10 & 0x1f);
  const float fraction = static_cast<float>(bits & 0x3ff);
  value = exponent == 0x1f ? kNan
          : exponent == 0  ? std::ldexp(fraction, -24)
                           : std::ldexp(1024 + fraction, exponent - 25);
  return bits >> 15 ? -value : value;
}

std::vector<char> EncodeAll(const std::vector<float>& values,
                            ElementType type) {
  const size_t size = static_cast<size_t>(ByteSize(type));
  std::vector<char> bytes(values.size() * size);
  for (size_t i = 0; i < values.size(); ++i) {
    const uint32_t bits = Encode(values[i], type);
    std::memcpy(&bytes[i * size], &bits, size);  // little-endian
  }
  return bytes;
}

std::vector<float> DecodeAll(const std::vector<char>& bytes, ElementType type) {
  const size_t size = static_cast<size_t>(ByteSize(type));
  std::vector<float> values(bytes.size() / size);
  for (size_t i = 0; i < values.size(); ++i) {
    uint32_t bits = 0;
    std::memcpy(&bits, &bytes[i * size], size);
    values[i] = Decode(bits, type);
  }
  return values;
}

size_t Offset(const TensorLayout& layout, int64_t a, int64_t b, int64_t c,
              int64_t d) {
  return static_cast<size_t>(a * layout.strides[0] + b * layout.strides[1] +
                             c * layout.strides[2] + d * layout.strides[3]);
}

// Calls visit(offset) for each element.
template <typename Visit>
void ForEachElement(const std::array<int64_t, 4>& dims,
                    const TensorLayout& layout, Visit visit) {
  for (int64_t a = 0; a < dims[0]; ++a) {
    for (int64_t b = 0; b < dims[1]; ++b) {
      for (int64_t c = 0; c < dims[2]; ++c) {
        for (int64_t d = 0; d < dims[3]; ++d) {
          visit(Offset(layout, a, b, c, d));
        }
      }
    }
  }
}

// Whole numbers from -2 to 2, of no pattern; NaN in the gaps.
std::vector<float> MakeTensor(const std::array<int64_t, 4>& dims,
                              const TensorLayout& layout, uint32_t seed) {
  const size_t last =
      Offset(layout, dims[0] - 1, dims[1] - 1, dims[2] - 1, dims[3] - 1);
  std::vector<float> values(last + 1, kNan);
  ForEachElement(dims, layout, [&](size_t offset) {
    seed = seed * 1664525 + 1013904223;
    values[offset] = static_cast<float>(seed >> 16 & 0xffff) * 5 / 65536;
    values[offset] = std::floor(values[offset]) - 2;
  });
  return values;
}

// Calls visit(offset in x, in w, in y) for each product of the convolution.
template <typename Visit>
void ForEachProduct(const ConvolutionProblem& p, Visit visit) {
  const int64_t group_channels = p.channels / p.group;
  const int64_t group_outputs = p.num_output / p.group;
  for (int64_t n = 0; n < p.num; ++n) {
    for (int64_t k = 0; k < p.num_output; ++k) {
      for (int64_t c = 0; c < group_channels; ++c) {
        for (int64_t i = 0; i < p.output_h() * p.output_w(); ++i) {
          for (int64_t tap = 0; tap < p.kernel_h * p.kernel_w; ++tap) {
            const int64_t row = i / p.output_w(), column = i % p.output_w();
            const int64_t u = tap / p.kernel_w, v = tap % p.kernel_w;
            const int64_t h = row * p.stride_h - p.pad_h + u * p.dilation_h;
            const int64_t w = column * p.stride_w - p.pad_w + v * p.dilation_w;
            if (h < 0 || h >= p.height || w < 0 || w >= p.width) continue;
            const int64_t channel = k / group_outputs * group_channels + c;
            visit(Offset(p.x, n, channel, h, w), Offset(p.w, k, c, u, v),
                  Offset(p.y, n, k, row, column));
          }
        }
      }
    }
  }
}

struct Tensors {
  std::vector<float> x, w, y;

  std::vector<float>& result(ConvolutionDirection direction) {
    if (direction == ConvolutionDirection::kForward) return y;
    return direction == ConvolutionDirection::kInputGradient ? x : w;
  }
};

Tensors MakeTensors(const ConvolutionProblem& problem) {
  return {MakeTensor(problem.x_dims(), problem.x, 1),
          MakeTensor(problem.w_dims(), problem.w, 2),
          MakeTensor(problem.y_dims(), problem.y, 3)};
}

// The definition.
std::vector<float> Reference(const ConvolutionProblem& problem, Tensors t) {
  std::vector<float> result = t.result(problem.direction);
  if (!problem.accumulates) {
    for (float& value : result) value *= 0;  // gaps stay NaN
  }
  ForEachProduct(problem, [&](size_t x, size_t w, size_t y) {
    switch (problem.direction) {
      case ConvolutionDirection::kForward:
        result[y] += t.x[x] * t.w[w];
        break;
      case ConvolutionDirection::kInputGradient:
        result[x] += t.y[y] * t.w[w];
        break;
      case ConvolutionDirection::kFilterGradient:
        result[w] += t.x[x] * t.y[y];
        break;
    }
  });
  return result;
}

// Memory of the device that holds a tensor.
class DeviceTensor {
 public:
  DeviceTensor(const std::vector<float>& values, ElementType type,
               cudaStream_t stream)
      : type_(type), bytes_(EncodeAll(values, type)), stream_(stream) {
    auto memory = AllocateDeviceBytes(static_cast<int64_t>(bytes_.size()));
    EXPECT_OK(memory);
    memory_ = *std::move(memory);
    EXPECT_EQ(cudaMemcpyAsync(data(), bytes_.data(), bytes_.size(),
                              cudaMemcpyHostToDevice, stream_),
              cudaSuccess);
    EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  }

  void* data() const { return memory_.get(); }
  // Waits for the stream.
  std::vector<float> Read() {
    EXPECT_EQ(cudaMemcpyAsync(bytes_.data(), data(), bytes_.size(),
                              cudaMemcpyDeviceToHost, stream_),
              cudaSuccess);
    EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
    return DecodeAll(bytes_, type_);
  }

 private:
  ElementType type_;
  std::vector<char> bytes_;
  cudaStream_t stream_;
  DeviceBytes memory_;
};

absl::Status Execute(const ConvolutionPlan& plan,
                     ConvolutionDirection direction, const CudnnHandle& handle,
                     void* x, void* w, void* y, void* workspace) {
  switch (direction) {
    case ConvolutionDirection::kForward:
      return plan.Forward(handle, x, w, y, workspace);
    case ConvolutionDirection::kInputGradient:
      return plan.InputGradient(handle, x, w, y, workspace);
    case ConvolutionDirection::kFilterGradient:
      return plan.FilterGradient(handle, x, w, y, workspace);
  }
  return absl::OkStatus();
}

class ConvolutionExecutionTest : public testing::Test {
 protected:
  void SetUp() override {
    int count = 0;
    if (cudaGetDeviceCount(&count) != cudaSuccess || count == 0) {
      GTEST_SKIP() << "no device";
    }
    ASSERT_OK_AND_ASSIGN(stream_, MakeCudaStream());
    absl::StatusOr<CudnnHandle> handle = CudnnHandle::Create(stream_.get());
    ASSERT_OK(handle);
    handle_.emplace(*std::move(handle));
  }

  // The result, gaps and all.
  std::vector<float> Run(const ConvolutionProblem& problem, Tensors tensors) {
    absl::StatusOr<ConvolutionPlan> plan = PlanConvolution(
        problem, PlanTarget(*handle_), kConvolutionWorkspaceBudget);
    EXPECT_OK(plan);
    if (!plan.ok()) return {};
    absl::StatusOr<DeviceBytes> workspace =
        AllocateDeviceBytes(plan->workspace_bytes());
    EXPECT_OK(workspace);
    DeviceTensor x(tensors.x, problem.x.type, stream_.get());
    DeviceTensor w(tensors.w, problem.w.type, stream_.get());
    DeviceTensor y(tensors.y, problem.y.type, stream_.get());
    EXPECT_OK(Execute(*plan, problem.direction, *handle_, x.data(), w.data(),
                      y.data(), workspace->get()));
    tensors = {x.Read(), w.Read(), y.Read()};
    return tensors.result(problem.direction);
  }

  // In all directions, with and without what was there before.
  void ExpectTheDefinition(ConvolutionProblem problem) {
    for (const ConvolutionDirection direction :
         {ConvolutionDirection::kForward, ConvolutionDirection::kInputGradient,
          ConvolutionDirection::kFilterGradient}) {
      for (const bool accumulates : {false, true}) {
        problem.direction = direction;
        problem.accumulates = accumulates;
        const Tensors tensors = MakeTensors(problem);
        EXPECT_THAT(Run(problem, tensors),
                    testing::Pointwise(testing::NanSensitiveFloatEq(),
                                       Reference(problem, tensors)))
            << ToString(problem);
      }
    }
  }

  CudaStream stream_;
  std::optional<CudnnHandle> handle_;
};

ConvolutionProblem Example() {
  ConvolutionProblem problem;
  problem.num = 2;
  problem.channels = 3;
  problem.height = 6;
  problem.width = 5;
  problem.num_output = 4;
  problem.kernel_h = problem.kernel_w = 3;
  problem.pad_h = problem.pad_w = 1;
  LayOutDense(ElementType::kFloat32, TensorOrder::kRowMajor, 4, &problem);
  return problem;
}

TEST_F(ConvolutionExecutionTest, ConvolvesFloat32) {
  ExpectTheDefinition(Example());
  ConvolutionProblem problem = Example();
  problem.math = ConvolutionMath::kTf32;
  ExpectTheDefinition(problem);
}

TEST_F(ConvolutionExecutionTest, ConvolvesHalfTypes) {
  for (const auto type : {ElementType::kFloat16, ElementType::kBfloat16}) {
    ConvolutionProblem problem = Example();
    LayOutDense(type, TensorOrder::kChannelsLast, 256, &problem);
    ExpectTheDefinition(problem);
  }
}

TEST_F(ConvolutionExecutionTest, TakesStridesPadsDilationsAndGroups) {
  ConvolutionProblem problem = Example();
  problem.channels = 4;
  problem.group = 2;
  problem.height = 9;
  problem.kernel_w = 2;
  problem.pad_w = 0;
  problem.stride_h = 2;
  problem.dilation_h = 2;
  problem.pad_h = 3;
  LayOutDense(ElementType::kFloat32, TensorOrder::kRowMajor, 4, &problem);
  ExpectTheDefinition(problem);
}

// Channels of a wider buffer: what lies between stays as it was.
TEST_F(ConvolutionExecutionTest, ReadsAndWritesSlices) {
  ConvolutionProblem problem = Example();
  problem.x.strides[0] = 5 * 30;
  problem.y.strides[0] = 7 * 30;
  ExpectTheDefinition(problem);
}

TEST_F(ConvolutionExecutionTest, ChecksWhatItIsGiven) {
  ConvolutionProblem problem = Example();
  problem.w.alignment = 16;
  ASSERT_OK_AND_ASSIGN(const ConvolutionPlan plan,
                       PlanConvolution(problem, PlanTarget(*handle_),
                                       kConvolutionWorkspaceBudget));
  // Addresses, of which nothing is read.
  char* const data = reinterpret_cast<char*>(intptr_t{1} << 20);
  EXPECT_DEATH(
      plan.InputGradient(*handle_, data, data, data, data).IgnoreError(),
      "direction");
  EXPECT_DEATH(plan.Forward(*handle_, data + 2, data, data, data).IgnoreError(),
               "problem_.x.alignment");
  EXPECT_DEATH(plan.Forward(*handle_, data, data + 4, data, data).IgnoreError(),
               "problem_.w.alignment");
  EXPECT_DEATH(plan.Forward(*handle_, data, data, data + 2, data).IgnoreError(),
               "problem_.y.alignment");
  EXPECT_DEATH(
      plan.Forward(*handle_, data, data, data, data + 16).IgnoreError(),
      "IsAligned\\(workspace");
}

TEST_F(ConvolutionExecutionTest, WantsItsWorkspace) {
  ConvolutionProblem problem = Example();
  problem.num = 64;
  problem.channels = 160;
  problem.height = problem.width = 32;
  problem.num_output = 12;
  problem.math = ConvolutionMath::kTf32;
  LayOutDense(ElementType::kFloat32, TensorOrder::kRowMajor, 256, &problem);
  ASSERT_OK_AND_ASSIGN(const ConvolutionPlan plan,
                       PlanConvolution(problem, PlanTarget(*handle_),
                                       kConvolutionWorkspaceBudget));
  ASSERT_GT(plan.workspace_bytes(), 0);
  char* const data = reinterpret_cast<char*>(intptr_t{1} << 20);
  EXPECT_DEATH(plan.Forward(*handle_, data, data, data, nullptr).IgnoreError(),
               "workspace != nullptr");
}

}  // namespace
}  // namespace tamp
