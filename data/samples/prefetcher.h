// Prefetcher: a BatchSource whose samples are made ahead by worker threads.
//
// A ring of slots holds the pixels of the next samples, as bytes: a quarter of
// the memory of floats. Workers take positions in order, each makes its sample
// in slot position mod capacity; Next waits for the slot of its position and
// writes the floats. Nothing is allocated after the first Next, except by
// decoders and for errors and what is skipped.

#ifndef TAMP_DATA_SAMPLES_PREFETCHER_H_
#define TAMP_DATA_SAMPLES_PREFETCHER_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "core/shape.h"
#include "data/batch_source.h"
#include "data/datasets/describe_dataset.h"
#include "data/samples/sample_loader.h"
#include "data/samples/sampler.h"
#include "data/samples/skipped_images.h"

namespace tamp {

struct PrefetchOptions {
  int num_workers = 1;   // 0: samples are made by Next itself
  int64_t capacity = 1;  // samples in the ring, at least 1
  // Images that cannot be read leave the data set with the next Seek; for
  // samplers that do not shuffle. Otherwise they are an error.
  bool leaves_out_unreadable = false;
};

class Prefetcher : public BatchSource {
 public:
  // Threads and ring come into being with the first Next.
  Prefetcher(std::unique_ptr<const SampleLoader> loader, Sampler sampler,
             const PrefetchOptions& options);
  ~Prefetcher() override;

  const Shape& sample_shape() const override { return loader_->sample_shape(); }
  int64_t num_samples() const override { return sampler_.num_samples(); }
  int num_classes() const override { return loader_->dataset().num_classes(); }
  const std::vector<std::string>& class_names() const override {
    return loader_->dataset().class_names();
  }
  absl::Span<const OutsideLabel> outside_labels() const override {
    return loader_->dataset().outside_labels();
  }
  int64_t position() const override { return position_; }
  void Seek(int64_t position) override;
  void Next(int64_t batch_size, float* data, float* labels) override;
  absl::Status status() const override { return status_; }
  std::string location() const override {
    return loader_->dataset().location();
  }
  std::vector<std::string> Describe() const override {
    return DescribeDataset(loader_->dataset());
  }
  int64_t num_skipped() const override { return skipped_.count(); }
  std::vector<std::string> TakeNotices() override {
    return skipped_.TakeNotices();
  }

 private:
  struct Slot {
    LoadedSample sample;
    bool is_ready = false;
  };

  void Start();
  void StartWorkers();
  void Work(LoaderScratch* scratch);
  bool HasWork() const;  // REQUIRES: mutex_ is held
  Slot& SlotOf(int64_t position) { return slots_[position % capacity_]; }
  // The sample at position_, made by now.
  const LoadedSample& Take();
  // What is to be said of it.
  void Note(const LoadedSample& sample);
  void LeaveOutUnreadable();  // REQUIRES: mutex_ is held, nothing is made
  void Release();

  const std::unique_ptr<const SampleLoader> loader_;
  int num_workers_;  // fewer after the start if the system gives fewer
  const int64_t capacity_;
  const bool leaves_out_unreadable_;

  std::vector<uint8_t> ring_;  // pixels of all slots
  std::vector<Slot> slots_;
  std::vector<LoaderScratch> scratches_;  // one a worker, or Next's own
  std::vector<std::thread> workers_;
  // Of the caller's thread.
  absl::Status status_;
  SkippedImages skipped_;
  std::vector<int64_t> to_leave_out_;

  std::mutex mutex_;  // guards all below, and is_ready of the slots
  std::condition_variable has_work_, has_result_;
  Sampler sampler_;           // changed by the caller's thread only
  int64_t position_ = 0;      // written by the caller's thread only
  int64_t next_to_make_ = 0;  // at most position_ + capacity_
  int num_making_ = 0;
  bool is_paused_ = false, is_stopping_ = false;
};

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_PREFETCHER_H_
