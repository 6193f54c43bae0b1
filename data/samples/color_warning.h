// Means that were made for another order of colors.

#ifndef TAMP_DATA_SAMPLES_COLOR_WARNING_H_
#define TAMP_DATA_SAMPLES_COLOR_WARNING_H_

#include <string>
#include <vector>

namespace tamp {

// A line for the user when `means`, of 0 .. 255, one a channel, look like those
// of ImageNet in Caffe's order, blue first; else empty. Published nets subtract
// 104 117 123, 103.94 116.78 123.68 or 102.98 115.95 122.77.
std::string ColorWarning(const std::vector<double>& means);

}  // namespace tamp

#endif  // TAMP_DATA_SAMPLES_COLOR_WARNING_H_
