#include "core/logging.h"

#include <cstdio>
#include <string>

namespace tamp {

LogLine::LogLine(LogSeverity severity) {
  if (severity == LogSeverity::WARNING) stream_ << "warning: ";
  if (severity == LogSeverity::ERROR) stream_ << "error: ";
}

LogLine::~LogLine() {
  stream_ << '\n';
  const std::string line = stream_.str();
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace tamp
