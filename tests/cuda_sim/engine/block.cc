#include "tests/cuda_sim/engine/block.h"

#include <algorithm>
#include <string>

#include "tests/cuda_sim/engine/deadlock.h"
#include "tests/cuda_sim/engine/fault.h"
#include "tests/cuda_sim/engine/shared_memory.h"

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
             uint64_t random_stream, const std::function<void()>* body)
    : size_(size), body_(*body), arranger_(options, random_stream) {
  const int n = size.block.x * size.block.y * size.block.z;
  for (int i = 0; i < n; ++i) {
    threads_.push_back(std::make_unique<CudaThread>());
    CudaThread* thread = threads_.back().get();
    thread->block = this;
    thread->number = i;
    thread->index = IndexIn(size.block, i);
    thread->fiber = std::make_unique<Fiber>([this, thread] {
      while (true) RunThread(thread);
    });
  }
}

Block::~Block() {
  Acquire(&end_tokens_[0]);
  Acquire(&end_tokens_[1]);
}

void Block::Start() { Release(&start_token_); }

CudaThread* Block::CurrentThread() { return current; }

void Block::Run(int64_t block, const std::function<void()>& end_round) {
  const SharedMemory shared_memory(size_.shared_bytes);
  blockIdx = IndexIn(size_.grid, block);
  blockDim = size_.block;
  gridDim = size_.grid;
  ++num_blocks_;
  for (auto& thread : threads_) {
    thread->wait = Wait::kNothing;
    thread->num_unchanged = 0;
  }
  std::vector<int> ready = Ready();
  while (true) {
    RunRound(&ready);
    ready = Ready();
    if (Count(Wait::kEnd) == num_threads()) break;
    if (ready.empty()) ReportDeadlock();
    end_round();
  }
  current = nullptr;
}

void Block::RunRound(std::vector<int>* ready) {
  arranger_.Arrange(ready);
  for (const int i : *ready) {
    current = threads_[i].get();
    threadIdx = current->index;
    current->fiber->Resume();
  }
  CompleteBarrier();
  for (int warp = 0; warp * warpSize < num_threads(); ++warp) {
    CompleteWarp(warp);
  }
}

void Block::RunThread(CudaThread* thread) {
  // Before it may touch what the block before has left.
  Acquire(&start_token_);
  Acquire(&end_tokens_[(num_blocks_ + 1) % 2]);
  body_();
  Release(&end_tokens_[num_blocks_ % 2]);
  thread->wait = Wait::kEnd;
  thread->fiber->Suspend();
}

void Block::Await(CudaThread* thread) {
  const Wait wait = thread->wait;
  void* const barrier = &barrier_tokens_[num_barriers_ % 2];
  if (wait == Wait::kBarrier) Release(barrier);
  if (wait == Wait::kWarp) {
    Release(&thread->tokens[thread->num_warp_calls++ % 2]);
  }
  thread->fiber->Suspend();
  if (wait == Wait::kBarrier) Acquire(barrier);
  if (wait != Wait::kWarp) return;
  const int first = thread->number - thread->lane();
  for (int lane = 0; lane < warpSize; ++lane) {
    if ((thread->present >> lane & 1) == 0) continue;
    Acquire(&threads_[first + lane]->tokens[thread->token_choices >> lane & 1]);
  }
}

std::vector<int> Block::Ready() const {
  std::vector<int> ready;
  for (const auto& thread : threads_) {
    if (thread->wait == Wait::kNothing) ready.push_back(thread->number);
  }
  return ready;
}

int Block::Count(Wait wait) const {
  int count = 0;
  for (const auto& thread : threads_) count += thread->wait == wait;
  return count;
}

void Block::CompleteBarrier() {
  if (Count(Wait::kBarrier) < num_threads()) return;
  uint64_t sum = 0;
  for (const auto& thread : threads_) {
    sum += thread->value;
    if (IsSame(*thread, *threads_[0])) continue;
    Fail(NameOf(*threads_[0]) + " and " + NameOf(*thread) +
         " meet in different barriers: " + CallOf(*threads_[0]) + " and " +
         CallOf(*thread));
  }
  for (auto& thread : threads_) {
    thread->sum = sum;
    thread->wait = Wait::kNothing;
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
    const CudaThread& thread = *threads_[first + lane];
    if (thread.wait != Wait::kWarp || (done >> lane & 1) != 0) continue;
    uint32_t arrived = 0;
    for (int other = 0; other < lanes; ++other) {
      const CudaThread& peer = *threads_[first + other];
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
  std::array<uint64_t, 32> values = {};
  uint32_t token_choices = 0;
  const CudaThread* any = nullptr;
  for (int lane = 0; lane < warpSize; ++lane) {
    if ((arrived >> lane & 1) == 0) continue;
    const CudaThread& thread = *threads_[warp * warpSize + lane];
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
    CudaThread* thread = threads_[warp * warpSize + lane].get();
    thread->values = values;
    thread->present = arrived;
    thread->token_choices = token_choices;
    thread->wait = Wait::kNothing;
  }
}

void Block::ReportDeadlock() const {
  std::vector<const CudaThread*> threads;
  for (const auto& thread : threads_) threads.push_back(thread.get());
  Fail(DescribeDeadlock(threads));
}

}  // namespace cuda_sim
}  // namespace tamp
