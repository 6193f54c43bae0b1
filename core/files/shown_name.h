// Names from outside, in messages.

#ifndef TAMP_CORE_FILES_SHOWN_NAME_H_
#define TAMP_CORE_FILES_SHOWN_NAME_H_

#include <cstdint>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace tamp {

// The name of a file or class in one line, and not too long: what a terminal
// would obey is escaped, the end of a long name left out.
inline std::string ShownName(absl::string_view name) {
  constexpr size_t kMaxBytes = 80;
  const std::string shown = absl::Utf8SafeCEscape(name);
  if (shown.size() <= kMaxBytes) return shown;
  size_t end = kMaxBytes;
  // Not within a character of UTF-8.
  while (end > 0 && (static_cast<uint8_t>(shown[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(shown.substr(0, end), "...");
}

// A path in one line: what a terminal would obey is escaped.
inline std::string ShownPath(absl::string_view path) {
  return absl::Utf8SafeCEscape(path);
}

}  // namespace tamp

#endif  // TAMP_CORE_FILES_SHOWN_NAME_H_
