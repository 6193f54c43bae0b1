// The flag of tools that read data sets: --data_dir. What is missing is fetched
// where that is possible, or the error says how to get it.

#ifndef TAMP_TOOLS_FLAGS_DATA_FLAGS_H_
#define TAMP_TOOLS_FLAGS_DATA_FLAGS_H_

#include <cstdint>

#include "data/dataset_provider.h"

namespace tamp {

// For a DatasetProvider whose samples depend on `seed`.
DatasetProviderOptions DataOptionsFromFlags(uint64_t seed);

}  // namespace tamp

#endif  // TAMP_TOOLS_FLAGS_DATA_FLAGS_H_
