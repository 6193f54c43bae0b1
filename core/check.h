// CHECK macros for our own mistakes: a failed check prints the condition, the
// place and the streamed message, then aborts. A user's mistake (file, flag,
// prototxt, data) is never a CHECK: it is an absl::Status.
//
//   CHECK(index < size) << "of " << name;
//   CHECK_EQ(shape.rank(), 4);

#ifndef TAMP_CORE_CHECK_H_
#define TAMP_CORE_CHECK_H_

#include <ostream>
#include <sstream>

namespace tamp {

// Collects the message of a failed check and aborts when destroyed.
class CheckFailure {
 public:
  CheckFailure(const char* file, int line, const char* condition);
  CheckFailure(const CheckFailure&) = delete;
  [[noreturn]] ~CheckFailure();

  std::ostream& stream() { return stream_; }

 private:
  std::ostringstream stream_;
};

// Turns the stream expression into void, so that CHECK is one expression.
// The & binds weaker than << and stronger than ?:.
struct CheckVoidify {
  void operator&(std::ostream&) const {}
};

}  // namespace tamp

#define CHECK(condition)         \
  (condition)                    \
      ? (void)0                  \
      : ::tamp::CheckVoidify() & \
            ::tamp::CheckFailure(__FILE__, __LINE__, #condition).stream()

#define TAMP_CHECK_OP(a, op, b) \
  CHECK((a)op(b)) << "(" << (a) << " vs " << (b) << ") "

#define CHECK_EQ(a, b) TAMP_CHECK_OP(a, ==, b)
#define CHECK_NE(a, b) TAMP_CHECK_OP(a, !=, b)
#define CHECK_LT(a, b) TAMP_CHECK_OP(a, <, b)
#define CHECK_LE(a, b) TAMP_CHECK_OP(a, <=, b)
#define CHECK_GT(a, b) TAMP_CHECK_OP(a, >, b)
#define CHECK_GE(a, b) TAMP_CHECK_OP(a, >=, b)

// For Status values that cannot fail unless we erred.
#define CHECK_OK(expression)                                  \
  do {                                                        \
    const auto tamp_check_ok_status = (expression);           \
    CHECK(tamp_check_ok_status.ok()) << tamp_check_ok_status; \
  } while (false)

#endif  // TAMP_CORE_CHECK_H_
