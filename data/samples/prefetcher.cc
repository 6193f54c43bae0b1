#include "data/samples/prefetcher.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/check.h"
#include "core/logging.h"

namespace tamp {

Prefetcher::Prefetcher(std::unique_ptr<const SampleLoader> loader,
                       Sampler sampler, const PrefetchOptions& options)
    : loader_(std::move(loader)),
      num_workers_(options.num_workers),
      capacity_(options.num_workers == 0 ? 1 : options.capacity),
      leaves_out_unreadable_(options.leaves_out_unreadable),
      skipped_(loader_->dataset().unreadable()),
      sampler_(std::move(sampler)) {
  CHECK(num_workers_ >= 0 && capacity_ >= 1);
  if (!leaves_out_unreadable_) return;
  for (const int64_t index : loader_->dataset().unreadable()) {
    sampler_.LeaveOut(index);
  }
}

Prefetcher::~Prefetcher() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    is_stopping_ = true;
  }
  has_work_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

void Prefetcher::Start() {
  const int64_t sample_elements = sample_shape().num_elements();
  ring_.resize(capacity_ * sample_elements);
  labels_.resize(capacity_);
  slots_.resize(capacity_);
  for (int64_t i = 0; i < capacity_; ++i) {
    slots_[i].sample.data = ring_.data() + i * sample_elements;
    slots_[i].sample.label = &labels_[i];
  }
  scratches_.resize(num_workers_ == 0 ? 1 : num_workers_);
  for (LoaderScratch& scratch : scratches_) loader_->Reserve(&scratch);
  StartWorkers();
}

// With fewer than wanted where the system does not give so many: with none,
// samples are made by Next itself.
void Prefetcher::StartWorkers() {
  workers_.reserve(num_workers_);
  try {
    for (int i = 0; i < num_workers_; ++i) {
      workers_.emplace_back([this, i] { Work(&scratches_[i]); });
    }
  } catch (const std::system_error& error) {
    LOG(WARNING) << "the system gives " << workers_.size() << " of "
                 << num_workers_
                 << " threads that make samples: " << error.what();
    num_workers_ = static_cast<int>(workers_.size());
  }
}

bool Prefetcher::HasWork() const {
  return !is_paused_ && next_to_make_ < num_taken_ + capacity_;
}

void Prefetcher::Work(LoaderScratch* scratch) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    has_work_.wait(lock, [this] { return is_stopping_ || HasWork(); });
    if (is_stopping_) return;
    const int64_t i = next_to_make_++;
    const int64_t position = sampler_.Position(begin_, i);
    const int64_t epoch = sampler_.Epoch(position);
    const int64_t index = sampler_.Index(position);
    Slot& slot = slots_[i % capacity_];
    ++num_making_;
    lock.unlock();
    loader_->Load(epoch, index, scratch, &slot.sample);
    lock.lock();
    --num_making_;
    slot.is_ready = true;
    if (i == awaited_ || is_paused_) has_result_.notify_all();
  }
}

void Prefetcher::Seek(int64_t position) {
  CHECK_GE(position, 0);
  CHECK_EQ(num_held_, 0);
  std::unique_lock<std::mutex> lock(mutex_);
  // What was made ahead is right.
  if (position == this->position() && to_leave_out_.empty()) return;
  is_paused_ = true;
  has_result_.wait(lock, [this] { return num_making_ == 0; });
  is_paused_ = false;
  LeaveOutUnreadable();
  for (Slot& slot : slots_) slot.is_ready = false;
  begin_ = position;
  num_taken_ = next_to_make_ = 0;
  has_work_.notify_all();
}

void Prefetcher::LeaveOutUnreadable() {
  for (const int64_t index : to_leave_out_) {
    if (sampler_.num_samples() == 1) {
      status_ = absl::FailedPreconditionError(absl::StrCat(
          location(), ": none of the images can be read any more"));
      break;
    }
    sampler_.LeaveOut(index);
  }
  to_leave_out_.clear();
}

void Prefetcher::WaitFor(int64_t i, std::unique_lock<std::mutex>* lock) {
  awaited_ = i;
  const Slot& slot = slots_[i % capacity_];
  has_result_.wait(*lock, [&] { return slot.is_ready; });
}

int64_t Prefetcher::WaitForRun(int64_t first, int64_t limit) {
  std::unique_lock<std::mutex> lock(mutex_);
  WaitFor(num_taken_, &lock);
  int64_t count = 1;
  while (count < limit && slots_[first + count].is_ready) ++count;
  return count;
}

void Prefetcher::Note(const LoadedSample& sample) {
  if (sample.status.ok() && sample.replaced.ok()) return;
  if (sample.status.ok()) {
    skipped_.Add(sample.index, sample.replaced);
  } else if (leaves_out_unreadable_) {
    if (skipped_.Add(sample.index, sample.status)) {
      to_leave_out_.push_back(sample.index);
    }
  } else if (status_.ok()) {
    status_ = sample.status;
  }
}

void Prefetcher::Skip(absl::Span<const int64_t> images) {
  for (const int64_t index : images) {
    if (skipped_.AddNamed(index) && leaves_out_unreadable_) {
      to_leave_out_.push_back(index);
    }
  }
}

Samples Prefetcher::Next(int64_t max_count) {
  CHECK_GE(max_count, 1);
  CHECK_EQ(num_held_, 0);
  if (slots_.empty()) Start();
  const int64_t first = num_taken_ % capacity_;
  if (num_workers_ == 0) {
    const int64_t position = sampler_.Position(begin_, num_taken_);
    loader_->Load(sampler_.Epoch(position), sampler_.Index(position),
                  &scratches_[0], &slots_[first].sample);
    num_held_ = 1;
  } else {
    num_held_ = WaitForRun(first, std::min(max_count, capacity_ - first));
  }
  for (int64_t i = 0; i < num_held_; ++i) Note(slots_[first + i].sample);
  return {num_held_, slots_[first].sample.data, slots_[first].sample.label};
}

Samples Prefetcher::Peek(int64_t max_count) {
  CHECK_GE(max_count, 1);
  CHECK_EQ(num_held_, 0);
  if (slots_.empty()) Start();
  if (num_workers_ == 0) return {};
  const int64_t first = num_taken_ % capacity_;
  const int64_t count = std::min(max_count, capacity_ - first);
  std::unique_lock<std::mutex> lock(mutex_);
  for (int64_t i = 0; i < count; ++i) WaitFor(num_taken_ + i, &lock);
  return {count, slots_[first].sample.data, slots_[first].sample.label};
}

void Prefetcher::Release() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (int64_t i = 0; i < num_held_; ++i) {
      slots_[(num_taken_ + i) % capacity_].is_ready = false;
    }
    num_taken_ += num_held_;
    num_held_ = 0;
  }
  has_work_.notify_all();
}

}  // namespace tamp
