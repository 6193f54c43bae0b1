// How errors name a layer, or a net as a whole.

#ifndef TAMP_NET_TEXT_LAYER_ERROR_H_
#define TAMP_NET_TEXT_LAYER_ERROR_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "proto/layer.pb.h"
#include "proto/net.pb.h"

namespace tamp {

// The place of a layer for the user: `net/x.prototxt:41:3: layer "conv1": `,
// without the place where the layer was not read from a file.
std::string LayerPrefix(const LayerParameter& parameter);

// A user's error in that layer.
absl::Status LayerError(const LayerParameter& parameter,
                        absl::string_view message);

// What a layer said of itself, in the same words and with its own code: memory
// or a library that is lacking is no mistake in the net.
absl::Status LayerError(const LayerParameter& parameter,
                        const absl::Status& status);

// The file of a net for places, by its first layer; empty if that was not read
// from a file.
std::string FileOf(const NetParameter& net);

// A user's error in the net as a whole: `net/x.prototxt: net "x": ...`, without
// the file or the name where the net has none.
absl::Status NetError(const NetParameter& net, absl::string_view message);

// "1 top", "2 tops"
std::string Counted(int64_t count, absl::string_view noun);

}  // namespace tamp

#endif  // TAMP_NET_TEXT_LAYER_ERROR_H_
