#include "data/images/stored_png.h"

#include <zlib.h>

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "core/check.h"

namespace tamp {
namespace {

const Bytef* Bytes(absl::string_view text) {
  return reinterpret_cast<const Bytef*>(text.data());
}

std::string BigEndian(uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(number >> shift));
  }
  return bytes;
}

std::string Header(const StoredPng& png) {
  std::string header =
      absl::StrCat(BigEndian(png.width), BigEndian(png.height));
  for (const int byte : {png.bits, static_cast<int>(png.color_type), 0, 0,
                         int{png.interlaced}}) {
    header.push_back(static_cast<char>(byte));
  }
  return PngChunk("IHDR", header);
}

// A row from column `left` in steps of `dx`, behind the byte for no filter.
std::string Row(const StoredPng& png, int y, int left, int dx) {
  std::string row(1, '\0');
  int num_bits = 0;
  for (int x = left; x < png.width; x += dx) {
    for (int i = 0; i < png.num_samples(); ++i) {
      for (int bit = png.bits - 1; bit >= 0; --bit, ++num_bits) {
        if (num_bits % 8 == 0) row.push_back('\0');
        row.back() |= (png.sample(y, x, i) >> bit & 1) << (7 - num_bits % 8);
      }
    }
  }
  return row;
}

std::string Rows(const StoredPng& png, int top, int dy, int left, int dx) {
  std::string rows;
  for (int y = top; y < png.height && left < png.width; y += dy) {
    rows += Row(png, y, left, dx);
  }
  return rows;
}

std::string AllRows(const StoredPng& png) {
  if (!png.interlaced) return Rows(png, 0, 1, 0, 1);
  return absl::StrCat(  // Adam7
      Rows(png, 0, 8, 0, 8), Rows(png, 0, 8, 4, 8), Rows(png, 4, 8, 0, 4),
      Rows(png, 0, 4, 2, 4), Rows(png, 2, 4, 0, 2), Rows(png, 0, 2, 1, 2),
      Rows(png, 1, 2, 0, 1));
}

std::string Compressed(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string compressed(size, '\0');
  CHECK_EQ(compress(reinterpret_cast<Bytef*>(&compressed[0]), &size,
                    Bytes(bytes), bytes.size()),
           Z_OK);
  compressed.resize(size);
  return compressed;
}

}  // namespace

std::string PngChunk(absl::string_view type, absl::string_view data) {
  const std::string checked = absl::StrCat(type, data);
  return absl::StrCat(
      BigEndian(data.size()), checked,
      BigEndian(crc32(crc32(0, nullptr, 0), Bytes(checked), checked.size())));
}

int StoredPng::num_samples() const {
  switch (color_type) {
    case kRgb:
      return 3;
    case kRgba:
      return 4;
    case kGrayAlpha:
      return 2;
    default:
      return 1;
  }
}

std::string StoredPng::Encode() const {
  return absl::StrCat("\x89PNG\r\n\x1A\n", Header(*this), before_pixels,
                      PngChunk("IDAT", Compressed(AllRows(*this))),
                      after_pixels, PngChunk("IEND", ""));
}

}  // namespace tamp
