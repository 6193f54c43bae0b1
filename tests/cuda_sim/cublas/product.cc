#include "tests/cuda_sim/cublas/product.h"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/check.h"
#include "tests/cuda_sim/cublas/handle.h"
#include "tests/cuda_sim/math/matrix_product.h"
#include "tests/cuda_sim/runtime/queue_work.h"

namespace tamp {
namespace cuda_sim {
namespace {

bool IsOperation(cublasOperation_t operation) {
  return operation == CUBLAS_OP_N || operation == CUBLAS_OP_T ||
         operation == CUBLAS_OP_C;
}

// op(A) is rows x columns; so A's first extent is one of them.
bool LeadsEnough(const Factor& factor, int rows, int columns) {
  const int first = factor.operation == CUBLAS_OP_N ? rows : columns;
  return factor.leading_dimension >= std::max(1, first);
}

bool IsValid(const Product& product) {
  return product.m >= 0 && product.n >= 0 && product.k >= 0 &&
         product.batch >= 0 && IsOperation(product.a.operation) &&
         IsOperation(product.b.operation) &&
         LeadsEnough(product.a, product.m, product.k) &&
         LeadsEnough(product.b, product.k, product.n) &&
         product.c_leading_dimension >= std::max(1, product.m) &&
         product.alpha != nullptr && product.beta != nullptr;
}

// Columns of op(A), one behind the other.
Layout LayoutOf(const Factor& factor, int64_t rows, int64_t columns,
                int64_t batch) {
  const int64_t lead = factor.leading_dimension;
  const bool is_plain = factor.operation == CUBLAS_OP_N;
  return {{1, batch, columns, rows},
          {0, factor.batch_stride, is_plain ? lead : 1, is_plain ? 1 : lead}};
}

Layout LayoutOfC(const Product& product) {
  return {{1, product.batch, product.n, product.m},
          {0, product.c_batch_stride, product.c_leading_dimension, 1}};
}

MemoryRange RangeOf(ElementType type, const Layout& layout, const void* data) {
  return {data, layout.span() * SizeOf(type)};
}

// With the factors as they were when it was queued.
struct Computation {
  ProductSizes sizes;
  float alpha, beta;
  Factor a, b;
  Layout a_layout, b_layout, c_layout;
  ElementType c_type;
  void* c;
  Operands operands;

  bool reads_factors() const { return alpha != 0 && sizes.k > 0; }

  void Run() const {
    std::vector<double> result(c_layout.num_elements());
    if (reads_factors()) {
      result = MultiplyMatrices(
          sizes, ReadElements(a.type, a_layout, a.data, operands),
          ReadElements(b.type, b_layout, b.data, operands));
    }
    for (double& value : result) value *= alpha;
    // What is there counts only with a factor: it may be anything.
    if (beta != 0) {
      const auto before =
          ReadElements(c_type, c_layout, c, Operands::kAsTheyAre);
      for (size_t i = 0; i < result.size(); ++i) result[i] += beta * before[i];
    }
    WriteElements(c_type, c_layout, result, c);
  }
};

Computation ComputationOf(const Product& p) {
  return {{p.m, p.n, p.k, p.batch},
          *p.alpha,
          *p.beta,
          p.a,
          p.b,
          LayoutOf(p.a, p.m, p.k, p.batch),
          LayoutOf(p.b, p.k, p.n, p.batch),
          LayoutOfC(p),
          p.c_type,
          p.c,
          p.operands};
}

Work WorkOf(const Product& product, const cublasContext& context) {
  const Computation computation = ComputationOf(product);
  Work work;
  work.name = product.call;
  if (computation.reads_factors()) {
    work.reads = {
        RangeOf(product.a.type, computation.a_layout, product.a.data),
        RangeOf(product.b.type, computation.b_layout, product.b.data)};
  }
  const MemoryRange c =
      RangeOf(product.c_type, computation.c_layout, product.c);
  work.writes.push_back(c);
  if (computation.beta != 0) work.reads.push_back(c);
  if (context.workspace_bytes > 0) {
    work.writes.push_back({context.workspace, context.workspace_bytes});
  }
  work.run = [computation] { computation.Run(); };
  return work;
}

}  // namespace

cublasStatus_t QueueProduct(cublasHandle_t handle, const Product& product) {
  const cublasContext* const context = ContextOf(handle);
  if (context == nullptr) return CUBLAS_STATUS_NOT_INITIALIZED;
  if (!IsValid(product)) return CUBLAS_STATUS_INVALID_VALUE;
  if (product.m == 0 || product.n == 0 || product.batch == 0) {
    return CUBLAS_STATUS_SUCCESS;
  }
  if (product.c == nullptr) return CUBLAS_STATUS_INVALID_VALUE;
  if (product.batch > 1) {
    const int64_t one =
        int64_t{product.n - 1} * product.c_leading_dimension + product.m;
    CHECK_GE(product.c_batch_stride, one)
        << "of " << product.call << ": products of a batch lie on each other";
  }
  const cudaError_t error =
      QueueWork(context->stream, WorkOf(product, *context));
  return error == cudaSuccess ? CUBLAS_STATUS_SUCCESS
                              : CUBLAS_STATUS_EXECUTION_FAILED;
}

}  // namespace cuda_sim
}  // namespace tamp
