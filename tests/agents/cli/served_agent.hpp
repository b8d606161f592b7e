// The agent's end of the local interface, with answers that a test chose: for what a real agent
// cannot be brought to say at will. Frames and errors are the real ones.
#pragma once

#include "agents/agent/verbs.hpp"
#include "tests/agents/cli/command_line.hpp"

namespace tocsin::tests {

/// Lifetime: `machine` outlives it.
class ServedAgent {
 public:
  ServedAgent(mesh::RealWorld& machine, const mesh::Path& home) : api_(machine.world()) {
    REQUIRE(machine.world().disk.make_folders(home, mesh::FileMode::secret));
    REQUIRE(api_.listen(home / "agent.sock"));
  }
  ~ServedAgent() { api_.stop(); }

  void answers(const std::string& verb, json::object result, int exit = 0) {
    api_.on(verb, agents::at_once([this, verb, result, exit](const agents::Request& request)
                                      -> Result<agents::Answer> {
              asked[verb].push_back(request.args);
              return agents::Answer{result, exit};
            }));
  }
  void refuses(const std::string& verb, Error error) {
    api_.on(verb, agents::at_once([error](const agents::Request&) -> Result<agents::Answer> {
              return std::unexpected(error);
            }));
  }

  /// The arguments of each request, by verb.
  std::map<std::string, std::vector<json::object>> asked;

 private:
  agents::LocalApi api_;
};

}  // namespace tocsin::tests
