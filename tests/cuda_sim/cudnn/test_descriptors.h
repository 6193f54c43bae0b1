// The graph API's descriptors for tests, as short as tests want them. Also
// compiles against NVIDIA's header.

#ifndef TAMP_TESTS_CUDA_SIM_CUDNN_TEST_DESCRIPTORS_H_
#define TAMP_TESTS_CUDA_SIM_CUDNN_TEST_DESCRIPTORS_H_

#include <cudnn.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace tamp {
namespace cuda_sim {

using Numbers = std::vector<int64_t>;

class TestDescriptor {
 public:
  explicit TestDescriptor(cudnnBackendDescriptorType_t type) {
    EXPECT_EQ(cudnnBackendCreateDescriptor(type, &descriptor_),
              CUDNN_STATUS_SUCCESS);
  }
  TestDescriptor(TestDescriptor&& other)
      : descriptor_(std::exchange(other.descriptor_, nullptr)) {}
  ~TestDescriptor() {
    if (descriptor_ != nullptr) cudnnBackendDestroyDescriptor(descriptor_);
  }

  cudnnBackendDescriptor_t get() const { return descriptor_; }

  template <typename T>
  cudnnStatus_t Set(cudnnBackendAttributeName_t name,
                    cudnnBackendAttributeType_t type,
                    const std::vector<T>& values) {
    return cudnnBackendSetAttribute(descriptor_, name, type, values.size(),
                                    values.data());
  }
  cudnnStatus_t Set(cudnnBackendAttributeName_t name, const Numbers& values) {
    return Set(name, CUDNN_TYPE_INT64, values);
  }
  cudnnStatus_t Set(cudnnBackendAttributeName_t name,
                    const TestDescriptor& other) {
    return Set<cudnnBackendDescriptor_t>(name, CUDNN_TYPE_BACKEND_DESCRIPTOR,
                                         {other.get()});
  }
  cudnnStatus_t Finalize() { return cudnnBackendFinalize(descriptor_); }

 private:
  cudnnBackendDescriptor_t descriptor_ = nullptr;
};

template <typename T>
std::vector<T> GetList(const TestDescriptor& descriptor,
                       cudnnBackendAttributeName_t name,
                       cudnnBackendAttributeType_t type, int64_t most) {
  std::vector<T> list(most);
  int64_t count = 0;
  EXPECT_EQ(cudnnBackendGetAttribute(descriptor.get(), name, type, most, &count,
                                     list.data()),
            CUDNN_STATUS_SUCCESS);
  list.resize(count);
  return list;
}

// Packed in the order of the dimensions, the last one next to each other.
inline Numbers PackedStrides(const Numbers& extents) {
  Numbers strides(extents.size(), 1);
  for (size_t i = extents.size() - 1; i > 0; --i) {
    strides[i - 1] = strides[i] * extents[i];
  }
  return strides;
}

struct TestTensor {
  int64_t id;
  Numbers extents;
  Numbers strides = {};  // empty: packed
  cudnnDataType_t type = CUDNN_DATA_FLOAT;
  int64_t alignment = 16;
};

inline TestDescriptor UnfinalizedTensor(const TestTensor& tensor) {
  TestDescriptor descriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  descriptor.Set(CUDNN_ATTR_TENSOR_UNIQUE_ID, {tensor.id});
  descriptor.Set<cudnnDataType_t>(CUDNN_ATTR_TENSOR_DATA_TYPE,
                                  CUDNN_TYPE_DATA_TYPE, {tensor.type});
  descriptor.Set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, {tensor.alignment});
  descriptor.Set(CUDNN_ATTR_TENSOR_DIMENSIONS, tensor.extents);
  descriptor.Set(CUDNN_ATTR_TENSOR_STRIDES, tensor.strides.empty()
                                                ? PackedStrides(tensor.extents)
                                                : tensor.strides);
  return descriptor;
}

inline TestDescriptor Tensor(const TestTensor& tensor) {
  TestDescriptor descriptor = UnfinalizedTensor(tensor);
  EXPECT_EQ(descriptor.Finalize(), CUDNN_STATUS_SUCCESS);
  return descriptor;
}

struct TestConvolution {
  Numbers pad_before = {1, 1};
  Numbers pad_after = {1, 1};
  Numbers stride = {1, 1};
  Numbers dilation = {1, 1};
  int64_t num_spatial_dims = 2;
  cudnnConvolutionMode_t mode = CUDNN_CROSS_CORRELATION;
};

inline TestDescriptor UnfinalizedConvolution(
    const TestConvolution& convolution) {
  TestDescriptor descriptor(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  descriptor.Set<cudnnDataType_t>(CUDNN_ATTR_CONVOLUTION_COMP_TYPE,
                                  CUDNN_TYPE_DATA_TYPE, {CUDNN_DATA_FLOAT});
  descriptor.Set<cudnnConvolutionMode_t>(CUDNN_ATTR_CONVOLUTION_CONV_MODE,
                                         CUDNN_TYPE_CONVOLUTION_MODE,
                                         {convolution.mode});
  descriptor.Set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS,
                 {convolution.num_spatial_dims});
  descriptor.Set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, convolution.pad_before);
  descriptor.Set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, convolution.pad_after);
  descriptor.Set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, convolution.stride);
  descriptor.Set(CUDNN_ATTR_CONVOLUTION_DILATIONS, convolution.dilation);
  return descriptor;
}

inline TestDescriptor Convolution(const TestConvolution& convolution) {
  TestDescriptor descriptor = UnfinalizedConvolution(convolution);
  EXPECT_EQ(descriptor.Finalize(), CUDNN_STATUS_SUCCESS);
  return descriptor;
}

// The attributes of the three operations.
struct TestDirection {
  const char* name;
  cudnnBackendDescriptorType_t type;
  cudnnBackendAttributeName_t alpha, beta, convolution, x, w, y;
};

inline const std::array<TestDirection, 3>& AllDirections() {
  static const std::array<TestDirection, 3> kAll = {{
      {"Forward", CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA,
       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
       CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y},
      {"BackwardData",
       CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY},
      {"BackwardFilter",
       CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
       CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY},
  }};
  return kAll;
}

struct TestOperation {
  TestTensor x = {1, {2, 8, 6, 6}};
  TestTensor w = {2, {4, 8, 3, 3}};
  TestTensor y = {3, {2, 4, 6, 6}};
  TestConvolution convolution = {};
  float alpha = 1, beta = 0;
};

inline TestDescriptor UnfinalizedOperation(const TestDirection& direction,
                                           const TestOperation& operation) {
  TestDescriptor descriptor(direction.type);
  descriptor.Set<float>(direction.alpha, CUDNN_TYPE_FLOAT, {operation.alpha});
  descriptor.Set<float>(direction.beta, CUDNN_TYPE_FLOAT, {operation.beta});
  descriptor.Set(direction.convolution, Convolution(operation.convolution));
  descriptor.Set(direction.x, Tensor(operation.x));
  descriptor.Set(direction.w, Tensor(operation.w));
  descriptor.Set(direction.y, Tensor(operation.y));
  return descriptor;
}

inline TestDescriptor UnfinalizedGraph(const TestDescriptor& operation) {
  TestDescriptor descriptor(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  descriptor.Set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation);
  return descriptor;
}

inline TestDescriptor Graph(const TestDirection& direction,
                            const TestOperation& test) {
  TestDescriptor operation = UnfinalizedOperation(direction, test);
  EXPECT_EQ(operation.Finalize(), CUDNN_STATUS_SUCCESS);
  TestDescriptor graph = UnfinalizedGraph(operation);
  EXPECT_EQ(graph.Finalize(), CUDNN_STATUS_SUCCESS);
  return graph;
}

// An H100 by default.
inline std::string DeviceJson(int version = 900) {
  return R"({"deviceVer":)" + std::to_string(version) +
         R"(,"multiProcessorCount":132,"warpSize":32,)"
         R"("maxSharedMemoryPerBlock":49152,)"
         R"("maxSharedMemoryPerBlockOptin":232448,)"
         R"("reservedSharedMemoryPerBlock":1024,"maxRegistersPerSM":65536,)"
         R"("maxCtasPerSM":32,"maxThreadsPerBlock":1024,)"
         R"("maxThreadsPerSM":2048,"regsPerBlock":65536,)"
         R"("totalGlobalMem":85000000000,"smClockRateKHz":1980000,)"
         R"("l2CacheSize":52428800,"maxBlockSize":[1024,1024,64],)"
         R"("memClockRateKHz":2619000,)"
         R"("maxGridSize":[2147483647,65535,65535],"supportCoopLaunch":1,)"
         R"("pciDeviceId":0,"isTccDriver":0,"cudaDeviceId":0,)"
         R"("driverVer":13000,"deviceName":"described"})";
}

inline TestDescriptor UnfinalizedDevice(const std::string& json) {
  TestDescriptor device(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR);
  // With the final 0.
  std::vector<char> text(json.c_str(), json.c_str() + json.size() + 1);
  device.Set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, CUDNN_TYPE_CHAR, text);
  return device;
}

inline TestDescriptor Device(int version = 900) {
  TestDescriptor device = UnfinalizedDevice(DeviceJson(version));
  EXPECT_EQ(device.Finalize(), CUDNN_STATUS_SUCCESS);
  return device;
}

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_CUDNN_TEST_DESCRIPTORS_H_
