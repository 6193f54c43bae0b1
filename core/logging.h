// Plain log lines on standard error: LOG(INFO) << "..."; one line a statement.
// Severities: INFO prints the message alone, WARNING and ERROR name themselves.

#ifndef TAMP_CORE_LOGGING_H_
#define TAMP_CORE_LOGGING_H_

#include <ostream>
#include <sstream>

namespace tamp {

enum class LogSeverity { INFO, WARNING, ERROR };

// Collects one line and writes it when destroyed.
class LogLine {
 public:
  explicit LogLine(LogSeverity severity);
  LogLine(const LogLine&) = delete;
  ~LogLine();

  std::ostream& stream() { return stream_; }

 private:
  std::ostringstream stream_;
};

}  // namespace tamp

#define LOG(severity) ::tamp::LogLine(::tamp::LogSeverity::severity).stream()

#endif  // TAMP_CORE_LOGGING_H_
