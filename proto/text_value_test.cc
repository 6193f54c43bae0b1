// Values are read as protobuf reads them: it stands beside us in this test.

#include <cmath>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "proto/net.pb.h"
#include "proto/solver.pb.h"
#include "proto/text_parser.h"
#include "tests/util/status_matchers.h"

namespace tamp {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;
using google::protobuf::util::MessageDifferencer;
using testing::AllOf;
using testing::AnyOf;
using testing::HasSubstr;

constexpr const char* kLiterals[] = {
    // Whole numbers.
    "0", "1", "2", "7", "-1", "-0", "- 1", "--1", "+1", "42", "123456789",
    "2147483647", "2147483648", "-2147483648", "-2147483649", "4294967295",
    "4294967296", "9223372036854775807", "9223372036854775808",
    "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
    "18446744073709551616", "100000000000000000000000000000",
    // Octal and hexadecimal.
    "00", "01", "07", "08", "09", "010", "-010", "0777", "0x0", "0x1", "0x10",
    "-0x10", "0X1f", "0xF", "0x", "0xg", "0x80000000", "-0x80000000",
    "0xFFFFFFFFFFFFFFFF", "0x10000000000000000", "01777777777777777777777",
    "02000000000000000000000", "0b1",
    // With a point, an exponent, an f.
    "0.0", "-0.0", "1.5", "1.", ".5", "-.5", ".", "1..5", "1.5.5", "01.5",
    "0.1", "00.5", "1e3", "1E3", "1e+3", "1e-3", "1e", "1e+", "e3", "1.5e3",
    "0e0", "1f", "1F", "1.5f", "1e3f", "0f", "010f", "0xff", "1ff", "f", "1_0",
    "1,5", "1 5", "1d", "1L", "1u",
    // The ends of the floats and of the doubles.
    "3.4028234e38", "3.4028235e38", "3.40282357e38", "3.5e38", "-3.5e38",
    "1e39", "1e40", "1e-45", "1e-46", "1.17549435e-38", "1e308", "1.8e308",
    "-1.8e308", "1e400", "1e-400", "16777217", "0.1000000000000000055511",
    // Not finite.
    "inf", "-inf", "- inf", "+inf", "Inf", "INF", "iNf", "inff", "infinity",
    "-infinity", "Infinity", "INFINITY", "infinit", "nan", "-nan", "NaN", "NAN",
    "nanf", "1.#INF", "1#INF",
    // Words and strings.
    "true", "false", "True", "False", "TRUE", "FALSE", "t", "T", "yes", "no",
    "on", "-true", "CPU", "GPU", "cpu", "-CPU", "'1'", "\"1\"", "'true'", "''",
    "'CPU'", "$a", "{}", "[1]", "", "-", "~1", "1;", "1,", "1 # comment"};

struct FieldCase {
  const char* name;
  const char* text;  // $0 stands for the literal
  bool may_be_infinite;
};

constexpr FieldCase kFields[] = {
    {"float", "clip_gradients: $0", true},
    {"float of finite numbers", "base_lr: $0", false},
    {"double", "warmup_epochs: $0", false},
    {"int32", "max_iter: $0", false},
    {"int64", "max_epoch: $0", false},
    {"uint32", "net_param { layer { concat_param { concat_dim: $0 } } }",
     false},
    {"bool", "test_initialization: $0", false},
    {"enum", "solver_mode: $0", false},
    {"list of int32", "stepvalue: $0", false},
    {"list of floats", "net_param { layer { loss_weight: [1, $0] } }", false},
};

// The number of the one field of a message, 0 where it is no real number.
double RealIn(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  const auto& reflection = *message.GetReflection();
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool repeated = field->is_repeated();
    const int last = repeated ? reflection.FieldSize(message, field) - 1 : 0;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return RealIn(repeated
                          ? reflection.GetRepeatedMessage(message, field, last)
                          : reflection.GetMessage(message, field));
      case FieldDescriptor::CPPTYPE_FLOAT:
        return repeated ? reflection.GetRepeatedFloat(message, field, last)
                        : reflection.GetFloat(message, field);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return reflection.GetDouble(message, field);
      default:
        return 0;
    }
  }
  return 0;
}

TEST(TextValueTest, NumbersAreReadAsProtobufReadsThem) {
  int num_accepted = 0;
  for (const FieldCase& field : kFields) {
    for (const char* literal : kLiterals) {
      const std::string text = absl::Substitute(field.text, literal);
      SCOPED_TRACE(absl::StrCat(field.name, ": ", text));
      SolverParameter expected, solver;
      const bool is_read = TextFormat::ParseFromString(text, &expected);
      const absl::Status status = ParseText(text, "x", &solver);
      const double real = is_read ? RealIn(expected) : 0;
      if (std::isnan(real) || (std::isinf(real) && !field.may_be_infinite)) {
        // Read, but the field cannot mean it.
        EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                     AnyOf(HasSubstr("must be finite, not "),
                                           HasSubstr(": it is too large"))));
        continue;
      }
      ASSERT_EQ(status.ok(), is_read) << status;
      if (!is_read) continue;
      ++num_accepted;
      solver.clear_field_place();
      for (auto& layer : *solver.mutable_net_param()->mutable_layer()) {
        layer.clear_location();
      }
      if (!expected.has_net_param()) solver.clear_net_param();
      EXPECT_TRUE(MessageDifferencer::Equals(solver, expected))
          << solver.ShortDebugString() << "\n"
          << expected.ShortDebugString();
    }
  }
  EXPECT_GT(num_accepted, 200);
}

// Every real number of nets and solvers, wherever it stands: `prefix` and
// `suffix` enclose the fields of `type`. Counts them.
int ExpectFinite(const Descriptor& type, const std::string& prefix,
                 const std::string& suffix) {
  int count = 0;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (field.name() == "field_place" || field.name() == "layers" ||
        field.name() == "placeholder") {
      continue;
    }
    const std::string start = absl::StrCat(prefix, field.name());
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      count +=
          ExpectFinite(*field.message_type(), start + " { ", suffix + " }");
      continue;
    }
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_FLOAT &&
        field.cpp_type() != FieldDescriptor::CPPTYPE_DOUBLE) {
      continue;
    }
    ++count;
    const bool is_bound = field.full_name() == "tamp.ClipParameter.min" ||
                          field.full_name() == "tamp.ClipParameter.max" ||
                          field.name() == "clip_gradients";
    for (const std::string word : {"nan", "inf", "-inf"}) {
      SolverParameter solver;
      const absl::Status status =
          ParseText(start + ": " + word + suffix, "x", &solver);
      if (is_bound && word != "nan") {
        EXPECT_OK(status);
      } else {
        EXPECT_THAT(status,
                    StatusIs(absl::StatusCode::kInvalidArgument,
                             AllOf(HasSubstr(absl::StrCat("\"", field.name())),
                                   HasSubstr("must be finite, not " + word))));
      }
    }
  }
  return count;
}

TEST(TextValueTest, RatesMeansAndWeightsAreFinite) {
  EXPECT_GT(ExpectFinite(*SolverParameter::descriptor(), "", ""), 100);
}

TEST(TextValueTest, ErrorsSayWhatIsWanted) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"base_lr: 010",
       "x:1:10: field \"base_lr\" needs a decimal number, not 010"},
      {"base_lr: -0x10",
       "x:1:10: field \"base_lr\" needs a decimal number, not -0x10"},
      {"base_lr: -Infinity",
       "x:1:10: field \"base_lr\" must be finite, not -Infinity"},
      {"base_lr: 1e39",
       "x:1:10: field \"base_lr\" cannot hold 1e39: it is too large"},
      {"clip_gradients: nan",
       "x:1:17: field \"clip_gradients\" must be finite, not nan"},
      {"net_param { layer { concat_param { concat_dim: -0 } } }",
       "x:1:48: field \"concat_dim\" cannot be negative, as -0 is"},
      {"test_initialization: 2",
       "x:1:22: field \"test_initialization\" needs true or false, not 2"},
  };
  for (const auto& [text, message] : mistakes) {
    SolverParameter solver;
    EXPECT_THAT(ParseText(text, "x", &solver),
                StatusIs(absl::StatusCode::kInvalidArgument, message));
  }
}

}  // namespace
}  // namespace tamp
