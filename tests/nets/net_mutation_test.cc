// Nets with thousands of random mistakes, in text and in binary form, planned
// the way the tools do it: each is a plan or an error of one line, and nothing
// crashes, hangs or takes memory out of proportion. The mistakes come from a
// fixed seed, so that a failure can be repeated.

#include <sys/resource.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/rng.h"
#include "gtest/gtest.h"
#include "net/backend.h"
#include "net/graph/parameter_store.h"
#include "net/planned_net.h"
#include "proto/text_format.h"
#include "tests/util/test_backend.h"

namespace tamp {
namespace {

constexpr const char* kCorpus[] = {
    "net/densenet40.prototxt",
    "net/densenet_bc121.prototxt",
    "tests/all_layers.prototxt",
};

// What numbers are changed to.
constexpr const char* kNumbers[] = {
    "0",
    "-1",
    "1",
    "2",
    "7",
    "2147483647",
    "4294967295",
    "1e30",
    "nan",
    "-1e30",
    "1099511627776",
    "0.5",
    "-2",
    "1000",
};

// More messages need no reading by a machine; a message is for people.
constexpr size_t kMaxMessage = 2000;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream content;
  content << file.rdbuf();
  EXPECT_FALSE(content.str().empty()) << path;
  return content.str();
}

// Words, numbers, strings and single symbols; comments are left out.
std::vector<std::string> Tokenize(const std::string& text) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < text.size();) {
    const size_t begin = i++;
    const auto is_word = [](char c) {
      return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '-' ||
             c == '$';
    };
    if (text[begin] == '#') {
      i = text.find('\n', begin);
      continue;
    }
    if (text[begin] == '"') {
      i = text.find('"', i) + 1;
    } else if (is_word(text[begin])) {
      while (i < text.size() && is_word(text[i])) ++i;
    } else if (absl::ascii_isspace(text[begin])) {
      continue;
    }
    tokens.push_back(text.substr(begin, i - begin));
  }
  return tokens;
}

class Mutator {
 public:
  explicit Mutator(uint64_t seed) : random_(seed) {}

  // One to three mistakes in a text.
  std::string MutateText(std::vector<std::string> tokens) {
    for (int64_t n = 1 + Pick(3); n > 0 && !tokens.empty(); --n) {
      MutateToken(&tokens);
    }
    return absl::StrJoin(tokens, " ");
  }

  // One to four mistakes in a message's bytes.
  std::string MutateBytes(std::string bytes) {
    for (int64_t n = 1 + Pick(4); n > 0 && !bytes.empty(); --n) {
      const size_t at = Pick(bytes.size());
      switch (Pick(4)) {
        case 0:
          bytes[at] = static_cast<char>(Pick(256));
          break;
        case 1:
          bytes[at] ^= static_cast<char>(1 << Pick(8));
          break;
        case 2:
          bytes.erase(at, 1 + Pick(8));
          break;
        default:
          bytes.insert(at, bytes.substr(Pick(bytes.size()), 1 + Pick(8)));
      }
    }
    return bytes;
  }

 private:
  int64_t Pick(int64_t count) { return random_.UniformInt(count); }

  void MutateToken(std::vector<std::string>* tokens) {
    const auto at = tokens->begin() + Pick(tokens->size());
    switch (Pick(6)) {
      case 0:
        tokens->erase(at);
        break;
      case 1: {
        const std::string copy = *at;
        tokens->insert(at, copy);
        break;
      }
      case 2:
        at->swap((*tokens)[Pick(tokens->size())]);
        break;
      case 3:
        SwapTwo(tokens, [](const std::string& t) { return t[0] == '"'; });
        break;
      default:
        ChangeNumber(tokens);
    }
  }

  // A token of that kind; past the end when luck has it.
  template <typename Kind>
  size_t Find(const std::vector<std::string>& tokens, const Kind& is_wanted) {
    size_t at = Pick(tokens.size());
    while (at < tokens.size() && !is_wanted(tokens[at])) ++at;
    return at;
  }

  template <typename Kind>
  void SwapTwo(std::vector<std::string>* tokens, const Kind& is_wanted) {
    const size_t a = Find(*tokens, is_wanted), b = Find(*tokens, is_wanted);
    if (a < tokens->size() && b < tokens->size()) {
      (*tokens)[a].swap((*tokens)[b]);
    }
  }

  void ChangeNumber(std::vector<std::string>* tokens) {
    const size_t at = Find(*tokens, [](const std::string& token) {
      return absl::ascii_isdigit(token[0]) || token[0] == '-';
    });
    if (at == tokens->size()) return;
    constexpr int64_t kCount = sizeof(kNumbers) / sizeof(*kNumbers);
    (*tokens)[at] = kNumbers[Pick(kCount)];
  }

  RandomStream random_;
};

// How the mutants fared: both must happen, or the mutations are no test.
struct Tally {
  int accepted = 0, refused = 0;
};

void ExpectOneLine(const absl::Status& status, const std::string& input,
                   Tally* tally) {
  ++(status.ok() ? tally->accepted : tally->refused);
  if (status.ok()) return;
  const absl::string_view message = status.message();
  EXPECT_FALSE(message.empty()) << input;
  EXPECT_EQ(message.find('\n'), absl::string_view::npos) << message;
  EXPECT_LE(message.size(), kMaxMessage) << message;
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << message;
}

absl::Status Plan(const NetParameter& net, Phase phase) {
  const Backend backend = TestBackend();
  NetOptions options;
  options.phase = phase;
  options.backend = backend;
  ParameterStore parameters;
  const absl::StatusOr<PlannedNet> planned = PlanNet(net, options, &parameters);
  EXPECT_EQ(parameters.bytes(), 0);
  if (planned.ok()) {
    EXPECT_GE(planned->layout.plan.total_bytes, 0);
    return absl::OkStatus();
  }
  // It is the net that is wrong, not what a pass has made of it.
  options.backend.passes.clear();
  ParameterStore plain;
  EXPECT_FALSE(PlanNet(net, options, &plain).ok()) << planned.status();
  return planned.status();
}

class NetMutationTest : public testing::TestWithParam<const char*> {
 protected:
  static constexpr int kMutants = 600;

  // What has been allocated by mistake shall fail here and not on the machine.
  static void SetUpTestSuite() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    const rlimit limit = {rlim_t{4} << 30, rlim_t{4} << 30};
    ASSERT_EQ(setrlimit(RLIMIT_AS, &limit), 0);
#endif
  }

  static Phase PhaseOf(int mutant) { return mutant % 2 == 0 ? TRAIN : TEST; }
};

TEST_P(NetMutationTest, TextIsPlannedOrRefusedInOneLine) {
  const std::vector<std::string> tokens = Tokenize(ReadFile(GetParam()));
  Tally tally;
  for (int i = 0; i < kMutants; ++i) {
    const std::string text = Mutator(i).MutateText(tokens);
    SCOPED_TRACE(absl::StrCat("mutant ", i));
    const absl::StatusOr<NetParameter> net = ParseNetText(text, "mutant");
    ExpectOneLine(net.ok() ? Plan(*net, PhaseOf(i)) : net.status(), text,
                  &tally);
  }
  EXPECT_GT(tally.accepted, kMutants / 50);
  EXPECT_GT(tally.refused, kMutants / 5);
}

TEST_P(NetMutationTest, BytesArePlannedOrRefusedInOneLine) {
  absl::StatusOr<NetParameter> whole = ReadNetFile(GetParam());
  ASSERT_TRUE(whole.ok()) << whole.status();
  const std::string bytes = whole->SerializeAsString();
  Tally tally;
  for (int i = 0; i < kMutants; ++i) {
    SCOPED_TRACE(absl::StrCat("mutant ", i));
    NetParameter net;
    if (!net.ParseFromString(Mutator(i).MutateBytes(bytes))) continue;
    ExpectOneLine(Plan(net, PhaseOf(i)), "bytes", &tally);
  }
  EXPECT_GT(tally.accepted, 0);
  EXPECT_GT(tally.refused, kMutants / 20);
}

INSTANTIATE_TEST_SUITE_P(Corpus, NetMutationTest, testing::ValuesIn(kCorpus),
                         [](const testing::TestParamInfo<const char*>& info) {
                           const std::string path = info.param;
                           const size_t begin = path.rfind('/') + 1;
                           return path.substr(begin, path.rfind('.') - begin);
                         });

// The corpus is sound before it is mutated.
TEST(NetMutationCorpusTest, IsPlanned) {
  for (const char* path : kCorpus) {
    const absl::StatusOr<NetParameter> net = ReadNetFile(path);
    ASSERT_TRUE(net.ok()) << net.status();
    EXPECT_TRUE(Plan(*net, TRAIN).ok()) << Plan(*net, TRAIN);
    EXPECT_TRUE(Plan(*net, TEST).ok()) << Plan(*net, TEST);
  }
}

}  // namespace
}  // namespace tamp
