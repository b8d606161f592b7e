#include "playbooks/runs/parse.hpp"

#include <set>

#include "playbooks/runs/json_reader.hpp"
#include "playbooks/runs/parse_step.hpp"

namespace tocsin::playbooks {
namespace {

namespace json = boost::json;

const std::set<std::string_view> playbook_keys{
    "type", "spec_version", "id", "name", "description", "playbook_types",
    "playbook_activities", "playbook_processing_summary", "created_by", "created", "modified",
    "revoked", "valid_from", "valid_until", "derived_from", "related_to", "priority", "severity",
    "impact", "industry_sectors", "labels", "external_references", "markings",
    "playbook_variables", "workflow_start", "workflow_exception", "workflow",
    "playbook_extensions", "authentication_info_definitions", "agent_definitions",
    "target_definitions", "extension_definitions", "data_marking_definitions", "signatures"};

void read_metadata(JsonReader& reader, const json::object& document, Playbook& out) {
  reader.only(document, "", playbook_keys);
  if (reader.text(document, "", "type", true) != "playbook")
    reader.problem("/type", "is not 'playbook'");
  if (reader.text(document, "", "spec_version", true) != "cacao-2.0")
    reader.problem("/spec_version", "is not 'cacao-2.0'");
  out.id = reader.text(document, "", "id", true);
  if (!out.id.empty() && !out.id.starts_with("playbook--"))
    reader.problem("/id", "does not begin with 'playbook--'");
  out.name = reader.text(document, "", "name", true);
  out.description = reader.text(document, "", "description", false);
  for (const auto* key : {"created_by", "created", "modified"})
    reader.text(document, "", key, true);
  out.workflow_start = reader.text(document, "", "workflow_start", true);
  out.workflow_exception = reader.text(document, "", "workflow_exception", false);
  if (const auto* revoked = document.if_contains("revoked"); revoked && *revoked == true)
    reader.problem("/revoked", "its author has revoked this playbook");
  for (const auto* key : {"name", "description"})
    if (const auto classified =
            mesh::refuse_classified(reader.text(document, "", key, false));
        !classified)
      reader.problem(std::string("/") + key, classified.error().message);
}

void read_variables(JsonReader& reader, const json::object& document, Playbook& out) {
  const auto* variables = reader.object(document, "", "playbook_variables", false);
  if (!variables) return;
  if (variables->size() > playbook_variables_max)
    reader.problem("/playbook_variables",
                   fmt::format("{} variables, limit {}", variables->size(),
                               playbook_variables_max));
  for (const auto& [name, value] : *variables)
    if (auto variable = read_variable(reader, "/playbook_variables/", name, value))
      out.variables.emplace(variable->name, std::move(*variable));
}

/// The only agents offered here are organisations, whose own agent acts for them.
std::map<std::string, std::string> read_agents(JsonReader& reader, const json::object& document) {
  std::map<std::string, std::string> out;
  const auto* agents = reader.object(document, "", "agent_definitions", false);
  if (!agents) return out;
  for (const auto& [id, value] : *agents) {
    const auto path = "/agent_definitions/" + std::string(id);
    if (!value.is_object()) {
      reader.problem(path, "is not an object");
      continue;
    }
    const auto type = reader.text(value.get_object(), path, "type", true);
    const auto name = reader.text(value.get_object(), path, "name", true);
    if (type != "organization")
      reader.problem(path, fmt::format("agent type {} is not offered here; name an agent of type "
                                       "organization whose name is a member's id",
                                       type.substr(0, 64)));
    else if (!crypto::is_name(name))
      reader.problem(path + "/name", "is no organisation id (a-z, 0-9, '-', '.')");
    else
      out.emplace(std::string(id), name);
  }
  return out;
}

void read_marking(JsonReader& reader, const json::object& document, Playbook& out) {
  const auto* definitions = reader.object(document, "", "data_marking_definitions", false);
  const auto* markings = document.if_contains("markings");
  if (!definitions || !markings || !markings->is_array()) return;
  for (const auto& id : markings->get_array()) {
    const auto* definition = id.is_string() ? definitions->if_contains(id.get_string()) : nullptr;
    if (!definition || !definition->is_object()) continue;
    const auto* level = definition->get_object().if_contains("tlpv2_level");
    if (!level || !level->is_string()) continue;
    const auto path = "/data_marking_definitions/" + std::string(id.get_string());
    if (const auto tlp = mesh::tlp_from(std::string_view(level->get_string())))
      out.marking = mesh::intersect(out.marking, {*tlp, mesh::Pap::clear});
    else
      reader.problem(path + "/tlpv2_level", tlp.error().message);
  }
}

void read_workflow(JsonReader& reader, const json::object& document, Playbook& out) {
  const auto agents = read_agents(reader, document);
  const auto* workflow = reader.object(document, "", "workflow", true);
  if (!workflow) return;
  if (workflow->size() > playbook_steps_max) {
    reader.problem("/workflow",
                   fmt::format("{} steps, limit {}", workflow->size(), playbook_steps_max));
    return;
  }
  std::set<std::string> orgs;
  for (const auto& [id, value] : *workflow) {
    auto step = read_step(reader, std::string(id), value, agents);
    if (!step) continue;
    if (!step->org.empty()) orgs.insert(step->org);
    out.steps.emplace(step->id, std::move(*step));
  }
  out.orgs.assign(orgs.begin(), orgs.end());
}

}  // namespace

Result<CheckedPlaybook> parse_playbook(std::string_view text) {
  if (text.size() > playbook_bytes_max)
    return fail(Errc::too_large, "playbook: {} bytes, limit {}", text.size(), playbook_bytes_max);
  json::error_code error;
  const auto document = json::parse({text.data(), text.size()}, error, {},
                                    {.max_depth = playbook_depth_max});
  if (error == json::error::too_deep)
    return fail(Errc::too_large, "playbook: nested deeper than {}", playbook_depth_max);
  if (error) return fail(Errc::invalid, "playbook: not JSON: {}", error.message());
  if (!document.is_object()) return fail(Errc::invalid, "playbook: not a JSON object");

  CheckedPlaybook out;
  out.playbook.digest = crypto::blake2b(bytes_of(text));
  JsonReader reader(out.problems);
  read_metadata(reader, document.get_object(), out.playbook);
  read_variables(reader, document.get_object(), out.playbook);
  read_marking(reader, document.get_object(), out.playbook);
  read_workflow(reader, document.get_object(), out.playbook);
  return out;
}

}  // namespace tocsin::playbooks
