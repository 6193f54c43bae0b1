// What happens before what: work of one stream in its order, and that of others
// only behind events, and behind the host that has waited.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_ORDER_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_ORDER_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/cuda_sim/runtime/queue_work.h"

namespace tamp {
namespace cuda_sim {

// A vector clock: of each stream, how much of its work happens before.
using Clock = std::map<int64_t, int64_t>;

inline void Join(const Clock& other, Clock* clock) {
  for (const auto& [stream, position] : other) {
    int64_t& own = (*clock)[stream];
    if (own < position) own = position;
  }
}

inline bool Contains(const Clock& clock, int64_t stream, int64_t position) {
  const auto found = clock.find(stream);
  return found != clock.end() && position <= found->second;
}

// One use of bytes of memory by work of a stream.
struct Access {
  const char *begin, *end;
  bool is_write;
  std::string name;  // of the work
  int64_t stream, position;
};

// "kernel (float*), number 3 on stream 2,".
std::string NameOf(const Access& access);

// All uses of memory that the host does not know to be over.
class AccessLog {
 public:
  // Fails when an earlier use of the same bytes, one of the two writing, has no
  // order with this one; `before` is what happens before it.
  void Add(const Access& access, const Clock& before);

  // The same for all that `work` uses.
  void AddAll(const Work& work, int64_t stream, int64_t position,
              const Clock& before);

  // Fails when the bytes may still be in use. `action` is what is done with
  // them: "cudaFree of 64 bytes of device 0".
  void CheckUnused(const std::string& action, const char* begin,
                   const char* end) const;

  // Forgets what the host has waited for: it happens before all that the host
  // will ask for.
  void Forget(const Clock& over);

 private:
  std::vector<Access> accesses_;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_ORDER_H_
