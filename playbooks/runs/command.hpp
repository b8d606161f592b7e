// The exact command of a step, with its variables filled in: what is shown, signed and done.
#pragma once

#include "playbooks/runs/run_record.hpp"

namespace tocsin::playbooks {

struct BlockCommand {
  std::string actuator;
  BlockTarget target;
  Duration ttl{};
  bool operator==(const BlockCommand&) const = default;
};

struct StepCommand {
  std::string action_class;            ///< empty for manual steps
  std::vector<BlockCommand> blocks;    ///< of an action
  std::string text;                    ///< what a person reads

  std::vector<std::string> targets() const;
};

/// `otherwise` is the time to live of a block that names none. Errors: refused (a target that
/// cannot be blocked), invalid (a variable without a value, commands of several classes in one
/// step).
Result<StepCommand> resolve(const Step& step, const std::map<std::string, std::string>& values,
                            Duration otherwise);

/// Over run, playbook version, step, executing agent and every part of the command: another run,
/// version, step, agent, target, actuator or time to live is another digest.
Digest command_digest(const RunStart& start, const Step& step, const AgentId& executor,
                      const StepCommand& command);

}  // namespace tocsin::playbooks
