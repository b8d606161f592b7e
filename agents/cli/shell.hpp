// Runs one command line: parses, performs, prints, and gives the exit code.
#pragma once

#include "agents/cli/call.hpp"

namespace tocsin::agents::cli {

/// What main puts in. Lifetime: all outlive the call.
struct Shell {
  mesh::World& world;
  Terminal& terminal;
  /// Runs the loop until the task ends.
  std::function<Result<Document>(mesh::Task<Result<Document>>)> complete;
  /// By command name ("agent run", "drill run", "bench").
  std::map<std::string, Hook, std::less<>> hooks;
};

int run_line(Shell& shell, const std::vector<std::string>& words);

}  // namespace tocsin::agents::cli
