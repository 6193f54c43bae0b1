// Puts the arguments of a Module layer in the place of the module's "$name".

#ifndef TAMP_NET_TEXT_MODULE_ARGUMENTS_H_
#define TAMP_NET_TEXT_MODULE_ARGUMENTS_H_

#include "absl/status/statusor.h"
#include "proto/net.pb.h"

namespace tamp {

// The definition with the arguments of `module_layer` in the place of its
// placeholders. Errors, in the layer's name: an argument without name or value,
// given twice, missing, of no use to the module, or unfit for its field.
absl::StatusOr<ModuleDefinition> BindArguments(
    const ModuleDefinition& definition, const LayerParameter& module_layer);

}  // namespace tamp

#endif  // TAMP_NET_TEXT_MODULE_ARGUMENTS_H_
