// One simulated CUDA thread: where it is, and what it waits for.

#ifndef TAMP_TESTS_CUDA_SIM_ENGINE_CUDA_THREAD_H_
#define TAMP_TESTS_CUDA_SIM_ENGINE_CUDA_THREAD_H_

#include <cstdint>
#include <string>

#include "tests/cuda_sim/engine/fiber.h"
#include "tests/cuda_sim/engine/place.h"
#include "tests/cuda_sim/language/cuda_types.h"

namespace tamp {
namespace cuda_sim {

class Block;

enum class Wait {
  kNothing,  // runs, or can
  kBarrier,  // for all threads of its block
  kWarp,     // for the lanes of a mask
  kEnd,      // has ended
};

struct CudaThread {
  Block* block = nullptr;
  int number = 0;  // in its block
  uint3 index = {};
  Fiber* fiber = nullptr;  // null before it runs

  Wait wait = Wait::kNothing;
  // What it has called, while it waits.
  const char* call = "";
  Place place;
  uint32_t mask = 0;   // kWarp
  uint64_t value = 0;  // that it brings

  // What it is answered.
  uint64_t sum = 0;                  // kBarrier: of all values
  uint32_t present = 0;              // kWarp: the lanes that took part
  const uint64_t* values = nullptr;  // kWarp: of those, by lane

  // Release and Acquire: of its calls for warps by turns, so that who leaves
  // one is not ordered behind what others did before their next.
  char tokens[2] = {};
  uint32_t num_warp_calls = 0;
  uint32_t token_choices = 0;  // which token each lane has released

  // How often in a row it has found the same value there.
  const void* watched = nullptr;
  int num_unchanged = 0;

  int lane() const { return number % warpSize; }
};

// "block (0,0,0) thread (3,0,0)".
std::string NameOf(const CudaThread& thread);

// "__syncthreads (relu.cuh:41)".
std::string CallOf(const CudaThread& thread);

// "0x0000ffff".
std::string Hex(uint32_t mask);

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_ENGINE_CUDA_THREAD_H_
