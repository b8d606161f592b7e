// This process and the ones it starts.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mesh/world/disk.hpp"
#include "mesh/world/loop.hpp"

namespace tocsin::mesh {

/// A program that this one started. Destruction kills it if it still runs, and reaps it.
class Child {
 public:
  virtual ~Child() = default;
  virtual int pid() const = 0;
  virtual bool running() = 0;
  virtual void terminate() = 0;  ///< SIGTERM
  virtual void kill() = 0;       ///< SIGKILL
  /// The exit code, or 128 + signal. Polls; completes with timeout after `limit`.
  virtual Task<Result<int>> wait(Duration limit) = 0;
};

class Processes {
 public:
  virtual ~Processes() = default;
  struct Options {
    std::vector<std::string> argv;                  ///< argv[0] is the program's path; no shell
    std::map<std::string, std::string> environment; ///< added to ours
    Path out;                                       ///< stdout and stderr go to this file
  };
  virtual Result<std::unique_ptr<Child>> start(Options options) = 0;
  virtual Path own_program() const = 0;
  virtual std::uint64_t rss_bytes() const = 0;
  /// Nanoseconds of CPU this process has used.
  virtual Duration cpu_time() const = 0;
  virtual std::uint32_t uid() const = 0;
  /// Calls `job` on the loop at the first SIGTERM or SIGINT.
  virtual void on_stop(Job job) = 0;
};

}  // namespace tocsin::mesh
