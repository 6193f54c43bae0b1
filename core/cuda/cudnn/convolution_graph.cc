#include "core/cuda/cudnn/convolution_graph.h"

#include <array>
#include <string>
#include <utility>

#include "absl/types/span.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

cudnnDataType_t DataTypeOf(ElementType type) {
  switch (type) {
    case ElementType::kFloat16:
      return CUDNN_DATA_HALF;
    case ElementType::kBfloat16:
      return CUDNN_DATA_BFLOAT16;
    case ElementType::kFloat32:
      break;
  }
  return CUDNN_DATA_FLOAT;
}

absl::StatusOr<CudnnDescriptor> MakeTensor(const char* name, int64_t id,
                                           const std::array<int64_t, 4>& dims,
                                           const TensorLayout& layout) {
  CudnnDescriptor tensor(CUDNN_BACKEND_TENSOR_DESCRIPTOR, name);
  tensor.Set(CUDNN_ATTR_TENSOR_UNIQUE_ID, id);
  tensor.Set(CUDNN_ATTR_TENSOR_DATA_TYPE, DataTypeOf(layout.type));
  tensor.Set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, layout.alignment);
  tensor.Set(CUDNN_ATTR_TENSOR_DIMENSIONS, absl::MakeConstSpan(dims));
  tensor.Set(CUDNN_ATTR_TENSOR_STRIDES, absl::MakeConstSpan(layout.strides));
  RETURN_IF_ERROR(tensor.Finalize());
  return tensor;
}

absl::StatusOr<CudnnDescriptor> MakeConvolution(
    const ConvolutionProblem& problem) {
  const std::array<int64_t, 2> pads = {problem.pad_h, problem.pad_w};
  const std::array<int64_t, 2> strides = {problem.stride_h, problem.stride_w};
  const std::array<int64_t, 2> dilations = {problem.dilation_h,
                                            problem.dilation_w};
  CudnnDescriptor convolution(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR,
                              "convolution");
  convolution.Set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, int64_t{2});
  convolution.Set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, CUDNN_DATA_FLOAT);
  convolution.Set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_CROSS_CORRELATION);
  convolution.Set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS,
                  absl::MakeConstSpan(pads));
  convolution.Set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS,
                  absl::MakeConstSpan(pads));
  convolution.Set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES,
                  absl::MakeConstSpan(strides));
  convolution.Set(CUDNN_ATTR_CONVOLUTION_DILATIONS,
                  absl::MakeConstSpan(dilations));
  RETURN_IF_ERROR(convolution.Finalize());
  return convolution;
}

// The same seven attributes under the names of a direction.
struct OperationNames {
  cudnnBackendDescriptorType_t type;
  cudnnBackendAttributeName_t alpha, beta, convolution, x, w, y;
};

OperationNames NamesOf(ConvolutionDirection direction) {
  switch (direction) {
    case ConvolutionDirection::kInputGradient:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY};
    case ConvolutionDirection::kFilterGradient:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY};
    case ConvolutionDirection::kForward:
      break;
  }
  return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
          CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y};
}

absl::StatusOr<CudnnDescriptor> MakeOperation(
    const ConvolutionProblem& problem, const CudnnDescriptor& x,
    const CudnnDescriptor& w, const CudnnDescriptor& y,
    const CudnnDescriptor& convolution) {
  const OperationNames names = NamesOf(problem.direction);
  CudnnDescriptor operation(names.type, "operation");
  operation.Set(names.alpha, 1.0f);
  operation.Set(names.beta, problem.accumulates ? 1.0f : 0.0f);
  operation.Set(names.convolution, convolution);
  operation.Set(names.x, x);
  operation.Set(names.w, w);
  operation.Set(names.y, y);
  RETURN_IF_ERROR(operation.Finalize());
  return operation;
}

}  // namespace

absl::StatusOr<std::vector<CudnnDescriptor>> MakeConvolutionGraph(
    const ConvolutionProblem& problem, const PlanTarget& target) {
  ASSIGN_OR_RETURN(CudnnDescriptor x, MakeTensor("tensor x", kConvolutionX,
                                                 problem.x_dims(), problem.x));
  ASSIGN_OR_RETURN(CudnnDescriptor w, MakeTensor("tensor w", kConvolutionW,
                                                 problem.w_dims(), problem.w));
  ASSIGN_OR_RETURN(CudnnDescriptor y, MakeTensor("tensor y", kConvolutionY,
                                                 problem.y_dims(), problem.y));
  ASSIGN_OR_RETURN(CudnnDescriptor convolution, MakeConvolution(problem));
  ASSIGN_OR_RETURN(CudnnDescriptor operation,
                   MakeOperation(problem, x, w, y, convolution));
  CudnnDescriptor graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR,
                        "operation graph");
  target.SetOnGraph(&graph);
  graph.Set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operation);
  RETURN_IF_ERROR(graph.Finalize());
  std::vector<CudnnDescriptor> parts;
  parts.push_back(std::move(x));
  parts.push_back(std::move(w));
  parts.push_back(std::move(y));
  parts.push_back(std::move(convolution));
  parts.push_back(std::move(operation));
  parts.push_back(std::move(graph));
  return parts;
}

}  // namespace tamp
