// The flag --net, of tools that read a net from a file.

#ifndef TAMP_TOOLS_FLAGS_NET_FILE_FLAG_H_
#define TAMP_TOOLS_FLAGS_NET_FILE_FLAG_H_

#include "absl/status/statusor.h"
#include "proto/net.pb.h"

namespace tamp {

// As the file says, in the precision of --compute where that is given.
absl::StatusOr<NetParameter> NetFileFromFlag();

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_NET_FILE_FLAG_H_
