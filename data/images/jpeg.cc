#include "data/images/jpeg.h"

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <vector>

// In this order: jpeglib.h needs size_t and FILE, jerror.h needs jpeglib.h.
#include <jerror.h>
#include <jpeglib.h>

#include "absl/strings/str_cat.h"
#include "data/images/luminance.h"

namespace tamp {
namespace {

// libjpeg reports through this and leaves by longjmp: a function that calls
// setjmp must own nothing that needs a destructor.
struct ErrorState {
  jpeg_error_mgr manager;  // first: libjpeg's pointer is a pointer to us
  std::jmp_buf leave;
  char message[JMSG_LENGTH_MAX];
  const JOCTET* file;  // its first byte
};

[[noreturn]] void FailAndLeave(j_common_ptr info) {
  auto* state = reinterpret_cast<ErrorState*>(info->err);
  info->err->format_message(info, state->message);
  std::longjmp(state->leave, 1);
}

// Of bytes that libjpeg passes over before a marker. Before the first scan they
// are nobody's. Behind one they may be the rest of blocks that a wrong bit has
// shifted, and mostly are; but not where all are alike, as cameras pad files.
bool ArePadding(j_common_ptr info) {
  const auto* reader = reinterpret_cast<j_decompress_ptr>(info);
  if (reader->input_scan_number == 0) return true;
  const auto* state = reinterpret_cast<const ErrorState*>(info->err);
  const JOCTET* const end = reader->src->next_input_byte;
  const int64_t count =
      std::min<int64_t>(info->err->msg_parm.i[0], end - state->file);
  return std::all_of(end - count, end,
                     [end](JOCTET byte) { return byte == end[-1]; });
}

// Whether all pixels are as they should be in spite of a warning:
//   NOT_SEQUENTIAL   odd spectral parameters in a sequential scan, as phones
//                    write them: such a scan has all coefficients regardless
//   EXTRANEOUS_DATA  bytes between segments, if they are padding
//   ADOBE_XFORM      an unknown color transform: like every other reader,
//                    libjpeg assumes YCbCr or YCCK
//   JFIF_MAJOR       an unknown version in a header that is not used
// All others mean coefficients that are missing, made up or of another place:
// HIT_MARKER, JPEG_EOF (cut off), HUFF_BAD_CODE, ARITH_BAD_CODE, MUST_RESYNC,
// BOGUS_PROGRESSION.
bool KeepsPixels(j_common_ptr info) {
  switch (info->err->msg_code) {
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
      return true;
    case JWRN_EXTRANEOUS_DATA:
      return ArePadding(info);
    default:
      return false;
  }
}

// Warnings have level -1, what else may be told has 0 or more.
void IgnoreOrFail(j_common_ptr info, int level) {
  if (level < 0 && !KeepsPixels(info)) FailAndLeave(info);
}

void InitDecompress(absl::string_view bytes, ErrorState* state,
                    jpeg_decompress_struct* info) {
  info->err = jpeg_std_error(&state->manager);
  state->manager.error_exit = FailAndLeave;
  state->manager.emit_message = IgnoreOrFail;
  state->message[0] = '\0';
  jpeg_create_decompress(info);
  state->file = reinterpret_cast<const JOCTET*>(bytes.data());
  jpeg_mem_src(info, state->file, bytes.size());
}

// False when libjpeg gave up; state->message then says why.
bool ReadHeader(absl::string_view bytes, ErrorState* state, ImageSize* size) {
  jpeg_decompress_struct info;
  if (setjmp(state->leave) != 0) {
    jpeg_destroy_decompress(&info);
    return false;
  }
  InitDecompress(bytes, state, &info);
  jpeg_read_header(&info, TRUE);
  *size = {info.image_height, info.image_width};
  jpeg_destroy_decompress(&info);
  return true;
}

// Ink of CMYK, as Adobe stores it inverted, over white paper.
void CmykRowToRgb(const uint8_t* cmyk, int64_t width, uint8_t* rgb) {
  for (int64_t x = 0; x < width; ++x) {
    for (int c = 0; c < 3; ++c) {
      rgb[3 * x + c] = (cmyk[4 * x + c] * cmyk[4 * x + 3] + 127) / 255;
    }
  }
}

// Takes a row of interleaved channels apart.
void StoreRow(const uint8_t* row, int64_t channels, int64_t y, Image* image) {
  const int64_t width = image->view().width;
  for (int64_t c = 0; c < channels; ++c) {
    uint8_t* plane_row = image->row(c, y);
    for (int64_t x = 0; x < width; ++x) plane_row[x] = row[channels * x + c];
  }
}

// `row` has room for 4 channels, `rgb_row` for 3. False when libjpeg gave up.
bool Decode(absl::string_view bytes, int64_t channels, uint8_t* row,
            uint8_t* rgb_row, ErrorState* state, Image* image) {
  jpeg_decompress_struct info;
  if (setjmp(state->leave) != 0) {
    jpeg_destroy_decompress(&info);
    return false;
  }
  InitDecompress(bytes, state, &info);
  jpeg_read_header(&info, TRUE);
  const bool is_cmyk = info.num_components == 4;
  info.out_color_space = is_cmyk         ? JCS_CMYK
                         : channels == 3 ? JCS_RGB
                                         : JCS_GRAYSCALE;
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    const int64_t y = info.output_scanline;
    jpeg_read_scanlines(&info, &row, 1);
    if (!is_cmyk) {
      StoreRow(row, channels, y, image);
      continue;
    }
    CmykRowToRgb(row, info.output_width, rgb_row);
    if (channels == 3) {
      StoreRow(rgb_row, 3, y, image);
    } else {
      uint8_t* gray = image->row(0, y);
      for (size_t x = 0; x < info.output_width; ++x) {
        gray[x] = Luminance(rgb_row + 3 * x);
      }
    }
  }
  jpeg_finish_decompress(&info);
  jpeg_destroy_decompress(&info);
  return true;
}

absl::Status DecodeError(const ErrorState& state) {
  return absl::InvalidArgumentError(
      absl::StrCat("cannot be decoded as JPEG: ", state.message));
}

}  // namespace

absl::StatusOr<ImageSize> ReadJpegSize(absl::string_view bytes) {
  ErrorState state;
  ImageSize size;
  if (!ReadHeader(bytes, &state, &size)) return DecodeError(state);
  return size;
}

absl::Status DecodeJpeg(absl::string_view bytes, int64_t channels,
                        Image* image) {
  ErrorState state;
  ImageSize size;
  if (!ReadHeader(bytes, &state, &size)) return DecodeError(state);
  image->Resize(channels, size.height, size.width);
  std::vector<uint8_t> rows(7 * size.width);
  if (!Decode(bytes, channels, rows.data(), rows.data() + 4 * size.width,
              &state, image)) {
    return DecodeError(state);
  }
  return absl::OkStatus();
}

}  // namespace tamp
