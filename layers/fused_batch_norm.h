// The batch norm of a layer that normalizes while it loads its input: what it
// needs of each channel, and where its gradients go. Formulas in
// kernels/shared_statistics.h.

#ifndef TAMP_LAYERS_FUSED_BATCH_NORM_H_
#define TAMP_LAYERS_FUSED_BATCH_NORM_H_

#include <cstdint>

#include "absl/types/span.h"
#include "kernels/grad_mode.h"
#include "layers/tensor.h"
#include "proto/layer.pb.h"

namespace tamp {

// Arrays with one element a channel. They live from forward to backward, in one
// saved tensor.
struct FusedNormTerms {
  static int64_t Bytes(int64_t channels);
  static FusedNormTerms At(void* saved, int64_t channels);

  float *scale, *shift, *mean, *inv_std;
};

struct FusedNormInput {
  int64_t channels = 0;
  int64_t count = 0;  // elements of a channel
  // [1, channels, 2]. Null: the running statistics serve.
  const float* statistics = nullptr;
  // This step's running statistics are up to date.
  bool is_recomputation = false;
};

// Updates the running statistics and makes the terms. `parameters` begin with
// those of the norm, which has scale_bias.
void PrepareFusedNorm(const BatchNormParameter& norm,
                      const FusedNormInput& input,
                      absl::Span<const View> parameters,
                      const FusedNormTerms& terms);

// Where the gradients of gamma and beta go, and their sums for whoever made the
// input.
struct FusedNormGrads {
  float* dgamma = nullptr;
  GradMode dgamma_mode = GradMode::kSkip;
  float* dbeta = nullptr;
  GradMode dbeta_mode = GradMode::kSkip;
  float* sums = nullptr;  // [1, channels, 2]
  GradMode sums_mode = GradMode::kSkip;
};
void StoreFusedNormGrads(int64_t channels, const float* gamma,
                         const float* dgamma, const float* dbeta,
                         const FusedNormGrads& grads);

// p, q and r of each channel of an output whose statistics are shared; `sums`
// is the gradient of the statistics, both [1, channels, 2].
struct FinishingTerms {
  float *p, *q, *r;
};
void PrepareFinishing(const float* statistics, const float* sums, double eps,
                      int64_t channels, int64_t count,
                      const FinishingTerms& terms);

}  // namespace tamp

#endif  // TAMP_LAYERS_FUSED_BATCH_NORM_H_
