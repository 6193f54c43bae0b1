#include "tests/cuda_sim/engine/block.h"

#include <algorithm>
#include <string>
#include <utility>

#include "tests/cuda_sim/engine/deadlock.h"
#include "tests/cuda_sim/engine/fault.h"

namespace tamp {
namespace cuda_sim {
namespace {

thread_local CudaThread* current = nullptr;

// `number` in a box of that size, x first.
uint3 IndexIn(const dim3& size, uint64_t number) {
  return {static_cast<unsigned>(number % size.x),
          static_cast<unsigned>(number / size.x % size.y),
          static_cast<unsigned>(number / size.x / size.y)};
}

bool IsSame(const CudaThread& a, const CudaThread& b) {
  return a.call == b.call && a.place.line == b.place.line &&
         a.place.file == b.place.file;
}

}  // namespace

Block::Block(const LaunchSize& size, const Options& options,
             uint64_t random_stream, const std::function<void()>* body,
             FiberPool* fibers)
    : size_(size),
      body_(*body),
      arranger_(options, random_stream),
      fibers_(fibers),
      threads_(size.block.x * size.block.y * size.block.z),
      warps_((threads_.size() + warpSize - 1) / warpSize),
      num_ended_(num_threads()) {
  for (int i = 0; i < num_threads(); ++i) {
    threads_[i].block = this;
    threads_[i].number = i;
    threads_[i].index = IndexIn(size.block, i);
  }
  Release(&start_token_);
}

Block::~Block() {
  Acquire(&end_tokens_[0]);
  Acquire(&end_tokens_[1]);
}

void Block::Start() { Release(&start_token_); }

CudaThread* Block::CurrentThread() { return current; }

void Block::Begin(int64_t block) {
  index_ = IndexIn(size_.grid, block);
  ++num_blocks_;
  num_ended_ = 0;
  for (CudaThread& thread : threads_) {
    thread.wait = Wait::kNothing;
    thread.num_unchanged = 0;
  }
  FindReady();
}

void Block::RunRound() {
  blockIdx = index_;
  blockDim = size_.block;
  gridDim = size_.grid;
  arranger_.Arrange(&ready_);
  // Before CUDA threads run: to ThreadSanitizer what they allocate is theirs.
  if (HasRaceDetector()) {
    for (const int i : ready_) TakeFiber(&threads_[i]);
  }
  Fiber host;
  host_ = &host;
  num_begun_ = 0;
  host.SwitchTo(Next());
  if (!has_ended()) {
    CompleteBarrier();
    for (int warp = 0; warp * warpSize < num_threads(); ++warp) {
      CompleteWarp(warp);
    }
    FindReady();
    if (ready_.empty()) ReportDeadlock();
  }
  current = nullptr;
}

Fiber* Block::Next() {
  if (num_begun_ == ready_.size()) return host_;
  CudaThread* const thread = &threads_[ready_[num_begun_++]];
  current = thread;
  threadIdx = thread->index;
  TakeFiber(thread);
  return thread->fiber;
}

void Block::TakeFiber(CudaThread* thread) {
  if (thread->fiber == nullptr) thread->fiber = fibers_->Take(thread->number);
}

void Block::RunThreads() {
  while (true) RunThread();
}

// Not inlined: each time it may be another thread's memory that it looks into.
__attribute__((noinline)) void Block::RunThread() {
  CudaThread* const thread = current;
  Block* const block = thread->block;
  // Before it may touch what the block before has left.
  Acquire(&block->start_token_);
  Acquire(&block->end_tokens_[(block->num_blocks_ + 1) % 2]);
  block->body_();
  Release(&block->end_tokens_[block->num_blocks_ % 2]);
  thread->wait = Wait::kEnd;
  ++block->num_ended_;
  Fiber* const fiber = std::exchange(thread->fiber, nullptr);
  block->fibers_->GiveBack(fiber);
  // That may be this one again, for a thread that begins.
  Fiber* const next = block->Next();
  if (next != fiber) fiber->SwitchTo(next);
}

void Block::Await(CudaThread* thread) {
  if (!HasRaceDetector()) {
    thread->fiber->SwitchTo(Next());
    return;
  }
  const Wait wait = thread->wait;
  void* const barrier = &barrier_tokens_[num_barriers_ % 2];
  if (wait == Wait::kBarrier) Release(barrier);
  if (wait == Wait::kWarp) {
    Release(&thread->tokens[thread->num_warp_calls++ % 2]);
  }
  thread->fiber->SwitchTo(Next());
  if (wait == Wait::kBarrier) Acquire(barrier);
  if (wait != Wait::kWarp) return;
  const int first = thread->number - thread->lane();
  for (int lane = 0; lane < warpSize; ++lane) {
    if ((thread->present >> lane & 1) == 0) continue;
    Acquire(&threads_[first + lane].tokens[thread->token_choices >> lane & 1]);
  }
}

void Block::FindReady() {
  ready_.clear();
  for (const CudaThread& thread : threads_) {
    if (thread.wait == Wait::kNothing) ready_.push_back(thread.number);
  }
}

int Block::Count(Wait wait) const {
  int count = 0;
  for (const CudaThread& thread : threads_) count += thread.wait == wait;
  return count;
}

void Block::CompleteBarrier() {
  if (Count(Wait::kBarrier) < num_threads()) return;
  uint64_t sum = 0;
  for (const CudaThread& thread : threads_) {
    sum += thread.value;
    if (IsSame(thread, threads_[0])) continue;
    Fail(NameOf(threads_[0]) + " and " + NameOf(thread) +
         " meet in different barriers: " + CallOf(threads_[0]) + " and " +
         CallOf(thread));
  }
  for (CudaThread& thread : threads_) {
    thread.sum = sum;
    thread.wait = Wait::kNothing;
  }
  ++num_barriers_;
}

void Block::CompleteWarp(int warp) {
  const int first = warp * warpSize;
  const int lanes = std::min(warpSize, num_threads() - first);
  // A mask may name lanes that a last warp does not have.
  const uint32_t existing = ~uint32_t{0} >> (warpSize - lanes);
  uint32_t done = 0;
  for (int lane = 0; lane < lanes; ++lane) {
    const CudaThread& thread = threads_[first + lane];
    if (thread.wait != Wait::kWarp || (done >> lane & 1) != 0) continue;
    uint32_t arrived = 0;
    for (int other = 0; other < lanes; ++other) {
      const CudaThread& peer = threads_[first + other];
      const bool is_here = peer.wait == Wait::kWarp && peer.mask == thread.mask;
      arrived |= uint32_t{is_here} << other;
    }
    done |= arrived;
    if (arrived == (thread.mask & existing)) {
      CompleteWarpCall(warp, arrived, thread.mask);
    }
  }
}

void Block::CompleteWarpCall(int warp, uint32_t arrived, uint32_t mask) {
  Values& values = warps_[warp];
  uint32_t token_choices = 0;
  const CudaThread* any = nullptr;
  for (int lane = 0; lane < warpSize; ++lane) {
    if ((arrived >> lane & 1) == 0) continue;
    const CudaThread& thread = threads_[warp * warpSize + lane];
    if (any == nullptr) any = &thread;
    if (!IsSame(*any, thread)) {
      Fail(NameOf(*any) + " and " + NameOf(thread) + " of mask " + Hex(mask) +
           " meet in different calls: " + CallOf(*any) + " and " +
           CallOf(thread));
    }
    values[lane] = thread.value;
    token_choices |= ((thread.num_warp_calls - 1) % 2) << lane;
  }
  for (int lane = 0; lane < warpSize; ++lane) {
    if ((arrived >> lane & 1) == 0) continue;
    CudaThread* thread = &threads_[warp * warpSize + lane];
    thread->values = values.data();
    thread->present = arrived;
    thread->token_choices = token_choices;
    thread->wait = Wait::kNothing;
  }
}

void Block::ReportDeadlock() const {
  std::vector<const CudaThread*> threads;
  for (const CudaThread& thread : threads_) threads.push_back(&thread);
  Fail(DescribeDeadlock(threads));
}

}  // namespace cuda_sim
}  // namespace tamp
