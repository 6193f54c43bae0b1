// Gray from color, by Rec. 601 as in libjpeg's own conversion:
// .299 red + .587 green + .114 blue, in 1/65536.

#ifndef TAMP_DATA_IMAGES_LUMINANCE_H_
#define TAMP_DATA_IMAGES_LUMINANCE_H_

#include <cstdint>

namespace tamp {

// Of a pixel of three samples.
inline uint8_t Luminance(const uint8_t* rgb) {
  return (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) >> 16;
}

}  // namespace tamp

#endif  // TAMP_DATA_IMAGES_LUMINANCE_H_
