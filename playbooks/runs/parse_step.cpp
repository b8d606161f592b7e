#include "playbooks/runs/parse_step.hpp"

#include "crypto/base_encoding.hpp"
#include "crypto/identity.hpp"
#include "mesh/world/clock.hpp"
#include "playbooks/act/block_target.hpp"

namespace tocsin::playbooks {
namespace {

namespace json = boost::json;

constexpr Duration ttl_max = std::chrono::hours(24 * 30);
constexpr std::size_t command_text_max = 8192;

const std::set<std::string_view> step_keys{
    "type", "name", "description", "external_references", "delay", "timeout", "step_variables",
    "owner", "on_completion", "on_success", "on_failure", "step_extensions"};

std::set<std::string_view> keys_of(StepType type) {
  auto out = step_keys;
  switch (type) {
    case StepType::start:
    case StepType::end: break;
    case StepType::action:
      out.insert({"commands", "agent", "targets", "in_args", "out_args"});
      break;
    case StepType::parallel: out.insert("next_steps"); break;
    case StepType::if_condition: out.insert({"condition", "on_true", "on_false"}); break;
  }
  return out;
}

std::optional<StepType> step_type_from(std::string_view name) {
  for (const auto type : {StepType::start, StepType::end, StepType::action, StepType::parallel,
                          StepType::if_condition})
    if (name_of(type) == name) return type;
  return std::nullopt;
}

Command read_manual(JsonReader& reader, const std::string& path, const json::object& in) {
  Command out{CommandType::manual};
  reader.only(in, path, {"type", "command", "command_b64", "description", "version",
                         "playbook_activity", "external_references"});
  out.text = reader.text(in, path, "command", false);
  if (const auto encoded = reader.text(in, path, "command_b64", false); !encoded.empty()) {
    const auto decoded = from_base64(encoded);
    if (decoded)
      out.text = text_of(*decoded);
    else
      reader.problem(path + "/command_b64", decoded.error().message);
  }
  if (out.text.empty()) reader.problem(path, "a manual command needs `command` or `command_b64`");
  if (out.text.size() > command_text_max)
    reader.problem(path, fmt::format("{} bytes, limit {}", out.text.size(), command_text_max));
  return out;
}

Command read_block(JsonReader& reader, const std::string& path, const json::object& in) {
  Command out{CommandType::block};
  reader.only(in, path, {"type", "action", "actuator", "target", "ttl", "class", "description",
                         "version", "playbook_activity", "external_references"});
  if (reader.text(in, path, "action", true) != "block")
    reader.problem(path + "/action", "is not offered here; the one action is 'block'");
  out.actuator = reader.text(in, path, "actuator", true);
  if (!out.actuator.empty() && !crypto::is_name(out.actuator))
    reader.problem(path + "/actuator", "is no actuator name (a-z, 0-9, '-', '.')");
  out.target = reader.text(in, path, "target", true);
  if (references_in(out.target).empty() && !out.target.empty() && !block_target(out.target))
    reader.problem(path + "/target", block_target(out.target).error().message);
  if (in.contains("class")) out.action_class = reader.text(in, path, "class", true);
  if (!crypto::is_name(out.action_class))
    reader.problem(path + "/class", "is no class of action (a-z, 0-9, '-', '.')");
  if (in.contains("ttl")) {
    const auto ttl = mesh::parse_duration(reader.text(in, path, "ttl", true));
    if (!ttl || *ttl > ttl_max)
      reader.problem(path + "/ttl", "is no duration such as 24h, at most 30d");
    else
      out.ttl = *ttl;
  }
  return out;
}

void read_commands(JsonReader& reader, const std::string& path, const json::object& in,
                   Step& step) {
  const auto* commands = in.if_contains("commands");
  if (!commands || !commands->is_array() || commands->get_array().empty() ||
      commands->get_array().size() > step_commands_max) {
    reader.problem(path + "/commands",
                   fmt::format("is not an array of 1 to {} commands", step_commands_max));
    return;
  }
  for (std::size_t i = 0; i < commands->get_array().size(); ++i) {
    const auto at = fmt::format("{}/commands/{}", path, i);
    const auto& command = commands->get_array()[i];
    if (!command.is_object()) {
      reader.problem(at, "is not an object");
      continue;
    }
    const auto type = reader.text(command.get_object(), at, "type", true);
    if (type == name_of(CommandType::manual))
      step.commands.push_back(read_manual(reader, at, command.get_object()));
    else if (type == name_of(CommandType::block))
      step.commands.push_back(read_block(reader, at, command.get_object()));
    else
      reader.problem(at, fmt::format("step {}: command type {} is not offered here; offered are "
                                     "manual and x-tocsin-action",
                                     step.id, type.substr(0, 64)));
  }
  for (const auto& command : step.commands)
    if (command.type != step.commands.front().type) {
      reader.problem(path + "/commands",
                     fmt::format("step {}: manual commands and actions do not mix in one step",
                                 step.id));
      break;
    }
}

void read_extension(JsonReader& reader, const std::string& path, const json::object& in,
                    Step& step) {
  const auto* extensions = reader.object(in, path, "step_extensions", false);
  if (!extensions) return;
  const auto at = path + "/step_extensions";
  for (const auto& [id, value] : *extensions) {
    if (std::string_view(id.data(), id.size()) != step_extension_id) {
      reader.problem(at, fmt::format("step {}: extension {} is not offered here", step.id,
                                     std::string_view(id).substr(0, 80)));
      continue;
    }
    if (!value.is_object()) {
      reader.problem(at, "is not an object");
      continue;
    }
    reader.only(value.get_object(), at, {"x_tocsin_unreachable"});
    const auto policy = reader.text(value.get_object(), at, "x_tocsin_unreachable", true);
    bool known = false;
    for (const auto one : {Unreachable::wait, Unreachable::local, Unreachable::preauthorised})
      if (name_of(one) == policy) step.unreachable = one, known = true;
    if (!known)
      reader.problem(at + "/x_tocsin_unreachable", "is not wait, local or preauthorised");
  }
}

void read_action(JsonReader& reader, const std::string& path, const json::object& in,
                 const std::map<std::string, std::string>& agents, Step& step) {
  const auto agent = reader.text(in, path, "agent", true);
  if (const auto found = agents.find(agent); found != agents.end())
    step.org = found->second;
  else if (!agent.empty())
    reader.problem(path + "/agent",
                   fmt::format("step {}: agent {} is not defined as an organization", step.id,
                               agent.substr(0, 80)));
  reader.texts(in, path, "targets", false);
  reader.texts(in, path, "in_args", false);
  step.out_args = reader.texts(in, path, "out_args", false);
  read_commands(reader, path, in, step);
}

}  // namespace

std::optional<Step> read_step(JsonReader& reader, const std::string& id, const json::value& value,
                              const std::map<std::string, std::string>& agents) {
  const auto path = "/workflow/" + id;
  if (id.empty() || id.size() > 128 || !value.is_object()) {
    reader.problem(path.substr(0, 160), "is not an object with an id of at most 128 bytes");
    return std::nullopt;
  }
  const auto& in = value.get_object();
  const auto type_name = reader.text(in, path, "type", true);
  const auto type = step_type_from(type_name);
  if (!type) {
    reader.problem(path + "/type", fmt::format("step {}: step type {} is not offered here", id,
                                               type_name.substr(0, 64)));
    return std::nullopt;
  }
  reader.only(in, path, keys_of(*type));
  Step step{id, *type};
  step.name = reader.text(in, path, "name", false);
  step.on_completion = reader.text(in, path, "on_completion", false);
  step.on_success = reader.text(in, path, "on_success", false);
  step.on_failure = reader.text(in, path, "on_failure", false);
  step.delay = reader.milliseconds(in, path, "delay");
  step.timeout = reader.milliseconds(in, path, "timeout");
  if (const auto* own = reader.object(in, path, "step_variables", false); own && !own->empty())
    reader.problem(path + "/step_variables",
                   fmt::format("step {}: step variables are not offered here; declare them in "
                               "playbook_variables",
                               id));
  read_extension(reader, path, in, step);
  if (*type == StepType::action) read_action(reader, path, in, agents, step);
  if (*type == StepType::parallel) step.next_steps = reader.texts(in, path, "next_steps", true);
  if (*type == StepType::if_condition) {
    step.condition = reader.text(in, path, "condition", true);
    step.on_true = reader.text(in, path, "on_true", true);
    step.on_false = reader.text(in, path, "on_false", false);
  }
  return step;
}

std::optional<Variable> read_variable(JsonReader& reader, const std::string& path,
                                      std::string_view name, const json::value& value) {
  const auto at = path + std::string(name.substr(0, 208));
  if (!is_variable_name(name) || !value.is_object()) {
    reader.problem(at, "is not an object whose name has the form __name__");
    return std::nullopt;
  }
  const auto& in = value.get_object();
  reader.only(in, at, {"type", "description", "value", "constant", "external"});
  const auto type = variable_type_from(reader.text(in, at, "type", true));
  if (!type) {
    reader.problem(at + "/type", type.error().message);
    return std::nullopt;
  }
  Variable out{std::string(name), *type, {}, reader.boolean(in, at, "constant"),
               reader.boolean(in, at, "external")};
  if (const auto* given = in.if_contains("value"); given && !given->is_null()) {
    auto checked = check_value(*type, reader.text(in, at, "value", false));
    if (checked)
      out.value = std::move(*checked);
    else
      reader.problem(at + "/value", fmt::format("{}: {}", name, checked.error().message));
  }
  return out;
}

}  // namespace tocsin::playbooks
