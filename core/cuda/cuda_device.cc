#include "core/cuda/cuda_device.h"

#include <cuda_runtime_api.h>

#include "absl/memory/memory.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/cuda/cuda_status.h"
#include "core/cuda/device_list.h"
#include "core/cuda/fill.h"
#include "core/status_macros.h"

namespace tamp {
namespace {

// CUDA's own aligns to so many bytes, and its widest loads need 16 of them.
constexpr int64_t kAlignment = 256;

const char* NameOf(LayerPass pass) {
  switch (pass) {
    case LayerPass::kForward:
      return "forward";
    case LayerPass::kBackward:
      return "backward";
    case LayerPass::kRecomputation:
      return "recomputation";
  }
  return "";
}

absl::Status CheckThereIs(int ordinal) {
  ASSIGN_OR_RETURN(const int count, CountCudaDevices());
  if (ordinal < 0 || ordinal >= count) {
    return absl::NotFoundError(
        absl::StrCat("there is no device cuda:", ordinal, ": this machine has ",
                     count, count == 1 ? " GPU" : " GPUs", ", cuda:0",
                     count == 1 ? "" : absl::StrCat(" to cuda:", count - 1)));
  }
  return absl::OkStatus();
}

}  // namespace

CudaDevice::CudaDevice(int ordinal)
    : ordinal_(ordinal), name_(absl::StrCat("cuda:", ordinal)) {}

absl::StatusOr<std::shared_ptr<CudaDevice>> CudaDevice::Create(int ordinal) {
  RETURN_IF_ERROR(CheckThereIs(ordinal));
  std::shared_ptr<CudaDevice> device(new CudaDevice(ordinal));
  RETURN_IF_ERROR(device->Open());
  return device;
}

absl::StatusOr<std::shared_ptr<CudaDevice>> CudaDevice::Describe(
    const CudaDeviceDescription& description) {
  std::shared_ptr<CudaDevice> device(new CudaDevice(0));
  device->total_bytes_ = description.total_bytes;
  device->queue_.emplace(nullptr, description.num_multiprocessors, nullptr);
  ASSIGN_OR_RETURN(device->convolution_plans_,
                   ConvolutionPlans::CreateDescribed(description.cudnn_json));
  return device;
}

absl::Status CudaDevice::Open() {
  RETURN_IF_CUDA_ERROR(cudaSetDevice(ordinal_));
  size_t free_bytes = 0, total_bytes = 0;
  RETURN_IF_CUDA_ERROR(cudaMemGetInfo(&free_bytes, &total_bytes));
  total_bytes_ = static_cast<int64_t>(total_bytes);
  int num_multiprocessors = 0;
  RETURN_IF_CUDA_ERROR(cudaDeviceGetAttribute(
      &num_multiprocessors, cudaDevAttrMultiProcessorCount, ordinal_));
  ASSIGN_OR_RETURN(stream_, MakeCudaStream());
  ASSIGN_OR_RETURN(scratch_, AllocateDeviceBytes(ReductionScratch::kBytes));
  RETURN_IF_CUDA_ERROR(cudaMemsetAsync(
      scratch_.get(), 0, ReductionScratch::kBytes, stream_.get()));
  queue_.emplace(stream_.get(), num_multiprocessors, scratch_.get());
  ASSIGN_OR_RETURN(uploads_, Uploads::Create(&*queue_));
  return absl::OkStatus();
}

CudaDevice::~CudaDevice() {
  if (stream_ != nullptr) cudaStreamSynchronize(stream_.get());
}

// All maps lie apart (NCHW), in no need of strides of their own.
MemoryTraits CudaDevice::memory_traits() const {
  MemoryTraits traits;
  traits.alignment = kAlignment;
  return traits;
}

int64_t CudaDevice::free_bytes() {
  size_t free_bytes = 0, total_bytes = 0;
  NOTE_CUDA(*queue_, cudaMemGetInfo(&free_bytes, &total_bytes));
  return static_cast<int64_t>(free_bytes);
}

absl::StatusOr<Buffer> CudaDevice::Allocate(int64_t bytes) {
  if (bytes == 0) return Buffer();
  if (is_described()) {
    return absl::FailedPreconditionError(
        absl::StrCat(name_, " is only described, and has no memory"));
  }
  absl::StatusOr<DeviceBytes> memory = AllocateDeviceBytes(bytes);
  if (absl::IsResourceExhausted(memory.status())) {
    size_t free_bytes = 0, total_bytes = 0;
    cudaMemGetInfo(&free_bytes, &total_bytes);
    return absl::ResourceExhaustedError(absl::StrCat(
        "no memory for ", bytes, " bytes on ", name_, ", which has ",
        free_bytes, " of ", total_bytes, " bytes free"));
  }
  RETURN_IF_ERROR(memory.status());
  NOTE_CUDA(*queue_, cudaMemsetAsync(memory->get(), 0, bytes, stream_.get()));
  return Buffer(memory->release(), bytes, [this](void* data, int64_t) {
    cudaStreamSynchronize(stream_.get());
    cudaFree(data);
  });
}

void CudaDevice::Fill(const StridedRows& rows, float value) {
  FillRows(*queue_, rows, value);
}

void CudaDevice::CopyFromHost(const void* host, int64_t bytes, void* device) {
  if (bytes == 0) return;
  NOTE_CUDA(*queue_, cudaMemcpyAsync(device, host, bytes,
                                     cudaMemcpyHostToDevice, stream_.get()));
  NOTE_CUDA(*queue_, cudaStreamSynchronize(stream_.get()));
}

void CudaDevice::CopyFromHostAsync(const void* host, int64_t bytes,
                                   void* device) {
  if (bytes == 0) return;
  const int64_t ticket = uploads_->Stage(host, bytes);
  if (!uploads_->Take(ticket, bytes, device)) CopyFromHost(host, bytes, device);
}

void CudaDevice::CopyToHost(const void* device, int64_t bytes, void* host) {
  if (bytes == 0) return;
  NOTE_CUDA(*queue_, cudaMemcpyAsync(host, device, bytes,
                                     cudaMemcpyDeviceToHost, stream_.get()));
  NOTE_CUDA(*queue_, cudaStreamSynchronize(stream_.get()));
}

void CudaDevice::Copy(const void* from, int64_t bytes, void* to) {
  if (bytes == 0) return;
  NOTE_CUDA(*queue_, cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice,
                                     stream_.get()));
}

absl::Status CudaDevice::Synchronize() {
  NOTE_CUDA(*queue_, cudaStreamSynchronize(stream_.get()));
  if (queue_->failure().empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(name_, ": ", queue_->failure()));
}

void CudaDevice::BeginLayer(absl::string_view layer, LayerPass pass) {
  queue_->set_work({layer.data(), layer.size()}, NameOf(pass));
}

absl::StatusOr<Cublas*> CudaDevice::cublas() {
  if (cublas_ == nullptr && !is_described()) {
    ASSIGN_OR_RETURN(cublas_, Cublas::Create(&*queue_));
  }
  return cublas_.get();
}

absl::StatusOr<ConvolutionPlans*> CudaDevice::convolution_plans() {
  if (convolution_plans_ == nullptr) {
    ASSIGN_OR_RETURN(convolution_plans_, ConvolutionPlans::Create(&*queue_));
  }
  return convolution_plans_.get();
}

CudaDevice& AsCuda(Device& device) {
  CHECK(absl::StartsWith(device.name(), "cuda:"))
      << "kernel for CUDA on " << device.name();
  return static_cast<CudaDevice&>(device);
}

}  // namespace tamp
