#include "net/graph/parameter_store.h"

#include <utility>
#include <vector>

#include "core/check.h"
#include "core/rng.h"
#include "core/status_macros.h"
#include "layers/filler.h"

namespace tamp {
namespace {

constexpr int64_t kFloatBytes = sizeof(float);

// From where a parameter begins to where the next one may.
int64_t PaddedFloats(const MemoryTraits& traits, const Parameter& parameter) {
  return traits.Aligned(parameter.shape.num_elements() * kFloatBytes) /
         kFloatBytes;
}

bool LacksGradient(const Parameter& parameter) {
  return parameter.learns() && parameter.gradient == nullptr;
}

void FillOnDevice(const Parameter& parameter, uint64_t seed, Device* device) {
  const int64_t size = parameter.shape.num_elements();
  std::vector<float> host(size);
  Fill(parameter.filler, parameter.shape, DeriveKey(seed, parameter.name),
       host.data());
  device->CopyFromHost(host.data(), size * kFloatBytes, parameter.data);
}

}  // namespace

Parameter* ParameterStore::Add(Parameter parameter) {
  CHECK(!by_name_.contains(parameter.name)) << parameter.name;
  parameters_.push_back(std::move(parameter));
  Parameter* const added = &parameters_.back();
  by_name_[added->name] = added;
  return added;
}

Parameter* ParameterStore::Find(absl::string_view name) {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second;
}

const Parameter* ParameterStore::Find(absl::string_view name) const {
  const auto it = by_name_.find(name);
  return it == by_name_.end() ? nullptr : it->second;
}

int64_t ParameterStore::missing_bytes(const MemoryTraits& traits,
                                      bool with_gradients) const {
  int64_t floats = 0;
  for (const Parameter& parameter : parameters_) {
    if (parameter.data == nullptr) floats += PaddedFloats(traits, parameter);
    if (with_gradients && LacksGradient(parameter)) {
      floats += PaddedFloats(traits, parameter);
    }
  }
  return floats * kFloatBytes;
}

absl::Status ParameterStore::Allocate(Device* device, uint64_t seed,
                                      bool with_gradients) {
  const MemoryTraits traits = device->memory_traits();
  ASSIGN_OR_RETURN(Buffer buffer,
                   device->Allocate(missing_bytes(traits, with_gradients)));
  float* next = buffer.floats();
  for (Parameter& parameter : parameters_) {
    if (parameter.data != nullptr) continue;
    parameter.data =
        std::exchange(next, next + PaddedFloats(traits, parameter));
    FillOnDevice(parameter, seed, device);
  }
  float* const first_gradient = next;
  for (Parameter& parameter : parameters_) {
    if (!with_gradients || !LacksGradient(parameter)) continue;
    parameter.gradient =
        std::exchange(next, next + PaddedFloats(traits, parameter));
  }
  if (next != first_gradient) {
    CHECK(gradients_.empty()) << "gradients would lie in two pieces";
    gradients_ = absl::MakeSpan(first_gradient, next);
  }
  buffers_.push_back(std::move(buffer));
  return absl::OkStatus();
}

int64_t ParameterStore::num_learned() const {
  int64_t elements = 0;
  for (const Parameter& parameter : parameters_) {
    if (parameter.is_learned()) elements += parameter.shape.num_elements();
  }
  return elements;
}

int64_t ParameterStore::bytes() const {
  int64_t total = 0;
  for (const Buffer& buffer : buffers_) total += buffer.bytes();
  return total;
}

}  // namespace tamp
