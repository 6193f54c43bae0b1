// ChildProcess: a program of ours as a user runs it, for tests with signals and
// pipes. No test waits for a time: it reads lines until the child has come as
// far as it should.

#ifndef TAMP_TESTS_UTIL_CHILD_PROCESS_H_
#define TAMP_TESTS_UTIL_CHILD_PROCESS_H_

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "core/check.h"

namespace tamp {

struct ChildOptions {
  // Standard error goes here; empty: into the pipe, as standard output does.
  std::string error_file;
  // A signal that the child is started to ignore; 0: none.
  int ignored_signal = 0;
};

class ChildProcess {
 public:
  // `command` is a path and its arguments.
  explicit ChildProcess(const std::vector<std::string>& command,
                        const ChildOptions& options = {}) {
    int ends[2];
    CHECK(pipe2(ends, O_CLOEXEC) == 0);
    std::vector<char*> arguments;
    for (const std::string& word : command) {
      arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    pid_ = fork();
    CHECK_GE(pid_, 0);
    if (pid_ == 0) Become(arguments.data(), options, ends[1]);
    close(ends[1]);
    output_ = fdopen(ends[0], "r");
  }

  ChildProcess(const ChildProcess&) = delete;
  ~ChildProcess() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      Wait();
    }
    CloseOutput();
  }

  // The next line with that text in it; empty when the output ends before.
  std::string ReadUntil(const std::string& text) {
    std::string line;
    for (int c; (c = std::fgetc(output_)) != EOF;) {
      if (c != '\n') {
        line += static_cast<char>(c);
      } else if (line.find(text) != std::string::npos) {
        return line;
      } else {
        line.clear();
      }
    }
    return "";
  }

  void CloseOutput() {
    if (output_ != nullptr) std::fclose(output_);
    output_ = nullptr;
  }

  void Send(int signal) { CHECK(kill(pid_, signal) == 0); }

  // Reads the rest of the output and waits for the end. The exit status, or
  // minus the signal that killed it.
  int Wait() {
    if (output_ != nullptr) {
      while (std::fgetc(output_) != EOF) {
      }
    }
    int status = 0;
    CHECK(waitpid(pid_, &status, 0) == pid_);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  // In the child: calls nothing that is not safe after a fork.
  [[noreturn]] static void Become(char** arguments, const ChildOptions& options,
                                  int output) {
    const int error =
        options.error_file.empty()
            ? output
            : open(options.error_file.c_str(), O_WRONLY | O_CREAT, 0644);
    // Whatever the test itself was started with.
    for (const int usual : {SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGXCPU}) {
      signal(usual, SIG_DFL);
    }
    if (options.ignored_signal != 0) signal(options.ignored_signal, SIG_IGN);
    if (dup2(output, STDOUT_FILENO) >= 0 && dup2(error, STDERR_FILENO) >= 0) {
      execv(arguments[0], arguments);
    }
    _exit(127);
  }

  pid_t pid_ = -1;
  std::FILE* output_ = nullptr;
};

}  // namespace tamp

#endif  // TAMP_TESTS_UTIL_CHILD_PROCESS_H_
