// Whether a net fits into the memory of its device, asked before any is taken:
// a device says too late that it has none, and Linux promises memory that it
// does not have and kills the process later.

#ifndef TAMP_NET_MEMORY_CHECK_H_
#define TAMP_NET_MEMORY_CHECK_H_

#include "absl/status/status.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "proto/net.pb.h"

namespace tamp {

// `planned` is the net's plan with these options, `parameters` its parameters.
// Where what they lack and, in training, a momentum of each, and the values are
// more than the device has free: ResourceExhausted, in one line the need, what
// there is, the largest batch size that fits, found by planning some, and the
// memory budget (net/memory/memory_budget.h) that fits, where one does.
absl::Status CheckMemory(const NetParameter& parameter,
                         const NetOptions& options, const PlannedNet& planned,
                         const ParameterStore& parameters);

}  // namespace tamp

#endif  // TAMP_NET_MEMORY_CHECK_H_
