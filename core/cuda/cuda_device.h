// CudaDevice: an NVIDIA GPU. Work is queued on one stream, in order, and runs
// behind the host's back; a call that fails is noted, and Synchronize returns
// what failed first, with its place.

#ifndef TAMP_CORE_CUDA_CUDA_DEVICE_H_
#define TAMP_CORE_CUDA_CUDA_DEVICE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/cuda/cublas.h"
#include "core/cuda/cudnn/convolution_plans.h"
#include "core/cuda/handles.h"
#include "core/cuda/queue.h"
#include "core/cuda/uploads.h"
#include "core/device/buffer.h"
#include "core/device/device.h"
#include "core/device/memory_traits.h"
#include "core/device/staging.h"
#include "core/device/strided_rows.h"

namespace tamp {

// Of a GPU that need not be there.
struct CudaDeviceDescription {
  std::string cudnn_json;  // core/cuda/cudnn/plan_target.h
  int64_t total_bytes = 0;
  int num_multiprocessors = 0;
};

class CudaDevice : public Device {
 public:
  // A device on which nets can be planned, as on the one that is described. It
  // gives no memory, and nothing may be asked of it that is done in memory.
  static absl::StatusOr<std::shared_ptr<CudaDevice>> Describe(
      const CudaDeviceDescription& description);

  // Device number `ordinal`, as CUDA counts them. Fails when there is none, or
  // no driver, and says what to do then. It becomes the calling thread's
  // device: the thread that uses it.
  static absl::StatusOr<std::shared_ptr<CudaDevice>> Create(int ordinal);

  CudaDevice(const CudaDevice&) = delete;
  // Waits for all work.
  ~CudaDevice() override;

  absl::string_view name() const override { return name_; }  // "cuda:0"
  MemoryTraits memory_traits() const override;
  int64_t total_bytes() const override { return total_bytes_; }
  int64_t free_bytes() override;
  absl::StatusOr<Buffer> Allocate(int64_t bytes) override;
  void Fill(const StridedRows& rows, float value) override;
  void CopyFromHost(const void* host, int64_t bytes, void* device) override;
  void CopyFromHostAsync(const void* host, int64_t bytes,
                         void* device) override;
  void CopyToHost(const void* device, int64_t bytes, void* host) override;
  void Copy(const void* from, int64_t bytes, void* to) override;
  absl::Status Synchronize() override;
  Staging* staging() override { return uploads_.get(); }
  void BeginLayer(absl::string_view layer, LayerPass pass) override;
  void EndLayer() override { queue_->set_work("", ""); }

  // Where kernels are launched.
  CudaQueue& queue() { return *queue_; }

  // The libraries, made when they are first asked for. Planning needs nothing
  // of cuBLAS: it is null where the device is only described.
  absl::StatusOr<Cublas*> cublas();
  absl::StatusOr<ConvolutionPlans*> convolution_plans();

 private:
  explicit CudaDevice(int ordinal);
  absl::Status Open();
  bool is_described() const { return stream_ == nullptr; }

  const int ordinal_;
  const std::string name_;
  int64_t total_bytes_ = 0;
  CudaStream stream_;
  DeviceBytes scratch_;
  std::optional<CudaQueue> queue_;
  std::unique_ptr<Uploads> uploads_;
  std::unique_ptr<Cublas> cublas_;
  std::unique_ptr<ConvolutionPlans> convolution_plans_;
};

// The device behind the interface, for kernels made for CUDA.
// REQUIRES: device is a CudaDevice.
CudaDevice& AsCuda(Device& device);

}  // namespace tamp

#endif  // TAMP_CORE_CUDA_CUDA_DEVICE_H_
