// The objects that the runtime hands out: streams, events.

#ifndef TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_HANDLES_H_
#define TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_HANDLES_H_

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "tests/cuda_sim/engine/fault.h"

namespace tamp {
namespace cuda_sim {

// Destroyed objects are kept, so that no address is used twice.
template <typename T>
class Handles {
 public:
  // `kind` is for messages: "stream".
  explicit Handles(const char* kind) : kind_(kind) {}

  T* Add(std::unique_ptr<T> object) {
    T* handle = object.get();
    objects_[handle] = {std::move(object), true};
    ++num_live_;
    return handle;
  }

  // Fails unless the handle is of such an object that lives.
  T* Check(const char* call, T* handle) const {
    const auto found = objects_.find(handle);
    if (found == objects_.end()) {
      Fail(std::string(call) + ": no " + kind_ + " of this runtime");
    }
    if (!found->second.is_live) {
      Fail(std::string(call) + ": the " + kind_ + " is destroyed");
    }
    return handle;
  }

  void Destroy(const char* call, T* handle) {
    objects_[Check(call, handle)].is_live = false;
    --num_live_;
  }

  template <typename Function>
  void ForEachLive(const Function& function) const {
    for (const auto& [handle, object] : objects_) {
      if (object.is_live) function(handle);
    }
  }

  int num_live() const { return num_live_; }
  const char* kind() const { return kind_; }

 private:
  struct Object {
    std::unique_ptr<T> object;
    bool is_live = false;
  };

  const char* const kind_;
  std::map<T*, Object> objects_;
  int num_live_ = 0;
};

}  // namespace cuda_sim
}  // namespace tamp

#endif  // TAMP_TESTS_CUDA_SIM_RUNTIME_STATE_HANDLES_H_
