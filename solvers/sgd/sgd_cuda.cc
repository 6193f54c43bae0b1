#include "solvers/sgd/sgd_cuda.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/cuda/cuda_device.h"
#include "core/device/buffer.h"
#include "core/status_macros.h"
#include "solvers/sgd/sgd_cuda_pieces.h"

namespace tamp {
namespace {

// Eight elements a thread: few enough that the largest parameters occupy the
// whole device.
constexpr int64_t kPieceSize = 2048;

std::vector<SgdTensor<float>> PiecesOf(
    const std::vector<SgdTensor<float>>& tensors) {
  std::vector<SgdTensor<float>> pieces;
  for (const SgdTensor<float>& tensor : tensors) {
    for (int64_t i = 0; i < tensor.size; i += kPieceSize) {
      SgdTensor<float> piece = tensor;
      piece.weight += i;
      piece.gradient += i;
      piece.momentum += i;
      piece.size = std::min(kPieceSize, tensor.size - i);
      pieces.push_back(piece);
    }
  }
  return pieces;
}

class SgdCuda : public SgdKernel {
 public:
  // `table` holds the pieces.
  SgdCuda(Buffer table, int64_t num_pieces, CudaDevice& device)
      : table_(std::move(table)),
        pieces_{static_cast<const SgdTensor<float>*>(table_.data()),
                num_pieces},
        device_(device) {}

  double GradientSquares() override {
    double squares = 0;
    device_.CopyToHost(SumGradientSquares(device_.queue(), pieces_),
                       sizeof squares, &squares);
    return squares;
  }

  void Update(const SgdStep& step) override {
    UpdateByGradients(device_.queue(), pieces_, step);
  }

 private:
  const Buffer table_;
  const SgdPieces pieces_;
  CudaDevice& device_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<SgdKernel>> MakeSgdCuda(
    const std::vector<SgdTensor<float>>& tensors, Device& device) {
  const std::vector<SgdTensor<float>> pieces = PiecesOf(tensors);
  const int64_t bytes = pieces.size() * sizeof pieces[0];
  ASSIGN_OR_RETURN(Buffer table, device.Allocate(bytes));
  device.CopyFromHost(pieces.data(), bytes, table.data());
  return std::make_unique<SgdCuda>(std::move(table), pieces.size(),
                                   AsCuda(device));
}

}  // namespace tamp
