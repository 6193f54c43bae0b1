// Prefetcher: a BatchSource whose samples are made ahead by worker threads.
//
// A ring of slots holds the next samples as floats, finished: the thread that
// trains does nothing to them but copy them to the device. Workers take
// positions in order, each makes its sample in a slot; Next waits for the slot
// of its position and hands out what is finished from there on. Nothing is
// allocated after the first Next, except by decoders and for errors and what is
// skipped.

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
#include "absl/types/span.h"
#include "core/shape.h"
#include "data/batch_source.h"
#include "data/datasets/describe_dataset.h"
#include "data/samples/sample_loader.h"
#include "data/samples/sampler.h"
#include "data/samples/skipped_images.h"

namespace tamp {

struct PrefetchOptions {
  int num_workers = 1;  // 0: samples are made by Next itself
  // Samples in the ring, at least 1, each of 4 bytes a number. What is handed
  // out stays there until it is released.
  int64_t capacity = 1;
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
  int64_t position() const override {
    return sampler_.After(begin_, num_taken_);
  }
  void Seek(int64_t position) override;
  Samples Next(int64_t max_count) override;
  void Release() override;
  Samples Peek(int64_t max_count) override;
  absl::Status status() const override { return status_; }
  std::string location() const override {
    return loader_->dataset().location();
  }
  std::vector<std::string> Describe() const override {
    return DescribeDataset(loader_->dataset());
  }
  int64_t num_skipped() const override { return skipped_.count(); }
  std::vector<int64_t> skipped() const override { return skipped_.indices(); }
  void Skip(absl::Span<const int64_t> images) override;
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
  // Until sample i after the Seek, which has a slot, is finished.
  void WaitFor(int64_t i, std::unique_lock<std::mutex>* lock);
  // How many are finished from slot `first` on, at least 1, at most limit.
  int64_t WaitForRun(int64_t first, int64_t limit);
  // What is to be said of a sample.
  void Note(const LoadedSample& sample);
  void LeaveOutUnreadable();  // REQUIRES: mutex_ is held, nothing is made

  const std::unique_ptr<const SampleLoader> loader_;
  int num_workers_;  // fewer after the start if the system gives fewer
  const int64_t capacity_;
  const bool leaves_out_unreadable_;

  std::vector<float> ring_, labels_;  // of all slots
  std::vector<Slot> slots_;           // sample i after the Seek: i mod capacity
  std::vector<LoaderScratch> scratches_;  // one a worker, or Next's own
  std::vector<std::thread> workers_;
  // Of the caller's thread.
  int64_t num_held_ = 0;  // handed out
  absl::Status status_;
  SkippedImages skipped_;
  std::vector<int64_t> to_leave_out_;

  std::mutex mutex_;  // guards all below, and is_ready of the slots
  std::condition_variable has_work_, has_result_;
  // Changed by the caller's thread only: the order, where the last Seek went,
  // and the samples that were released since.
  Sampler sampler_;
  int64_t begin_ = 0, num_taken_ = 0;
  int64_t awaited_ = 0;       // the sample that the caller waits for
  int64_t next_to_make_ = 0;  // since the Seek; at most num_taken_ + capacity_
  int num_making_ = 0;
  bool is_paused_ = false, is_stopping_ = false;
};

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_PREFETCHER_H_
