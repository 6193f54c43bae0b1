// Sleeping until another thread says so: Linux's futex.
//
//   while (word.load() == old) FutexWait(&word, old);   // one thread
//   word.store(value); FutexWake(&word, 1);             // another

#ifndef TAMP_CORE_THREADS_FUTEX_H_
#define TAMP_CORE_THREADS_FUTEX_H_

#include <atomic>
#include <cstdint>

namespace tamp {

// Sleeps if *word is `expected`, until a wake. May also return for no reason:
// look again.
void FutexWait(std::atomic<uint32_t>* word, uint32_t expected);

// Wakes up to `count` threads that sleep on the word.
void FutexWake(std::atomic<uint32_t>* word, int count);

}  // namespace tamp

#endif  // TAMP_CORE_THREADS_FUTEX_H_
