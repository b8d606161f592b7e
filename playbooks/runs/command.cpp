#include "playbooks/runs/command.hpp"

namespace tocsin::playbooks {
namespace {

std::string ttl_text(Duration ttl) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(ttl).count();
  if (seconds % 3600 == 0) return fmt::format("{}h", seconds / 3600);
  if (seconds % 60 == 0) return fmt::format("{}m", seconds / 60);
  return fmt::format("{}s", seconds);
}

}  // namespace

std::vector<std::string> StepCommand::targets() const {
  std::vector<std::string> out;
  for (const auto& block : blocks) out.push_back(block.target.value);
  return out;
}

Result<StepCommand> resolve(const Step& step, const std::map<std::string, std::string>& values,
                            Duration otherwise) {
  StepCommand out;
  for (const auto& command : step.commands) {
    if (!out.text.empty()) out.text += '\n';
    const auto filled =
        fill_in(command.type == CommandType::manual ? command.text : command.target, values);
    if (!filled) return std::unexpected(filled.error());
    if (command.type == CommandType::manual) {
      out.text += *filled;
      continue;
    }
    auto target = block_target(*filled);
    if (!target) return std::unexpected(target.error());
    if (!out.action_class.empty() && out.action_class != command.action_class)
      return fail(Errc::invalid, "step {}: commands of several classes", step.id);
    out.action_class = command.action_class;
    const auto ttl = command.ttl.value_or(otherwise);
    out.text += fmt::format("block {} at {} for {}", target->value, command.actuator,
                            ttl_text(ttl));
    out.blocks.push_back({command.actuator, std::move(*target), ttl});
  }
  return out;
}

Digest command_digest(const RunStart& start, const Step& step, const AgentId& executor,
                      const StepCommand& command) {
  ByteWriter out;
  out.text8("tocsin command 1");
  out.fixed(start.run);
  out.fixed(start.playbook);
  out.fixed(executor);
  out.text16(step.id);
  out.text8(command.action_class);
  out.u32(std::uint32_t(command.blocks.size()));
  for (const auto& block : command.blocks) {
    out.text8(block.actuator);
    out.u8(std::uint8_t(block.target.type));
    out.text16(block.target.value);
    out.u64(std::uint64_t(block.ttl.count()));
  }
  return crypto::blake2b(out.bytes());
}

}  // namespace tocsin::playbooks
