// The JSON documents of the command contract, made from what the services hold.
#pragma once

#include "agents/agent/services.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents {

json::object incident_document(const playbooks::Incident& incident);
json::array timeline_document(const std::vector<playbooks::TimelineEntry>& timeline);

/// `run, state, steps[]: id, name, type, owner, state, started, ended, needs[], result`.
json::object run_document(const playbooks::RunState& run);
json::object approval_document(const playbooks::ApprovalRequest& approval);
json::object effect_document(const playbooks::EffectStatus& effect);
json::object playbook_document(const playbooks::CheckedPlaybook& playbook);

json::object damage_document(const playbooks::Damage& damage);
json::object asset_document(const playbooks::Asset& asset);
json::array repair_document(const std::vector<playbooks::RepairTask>& tasks);

/// Times are RFC 3339; null for zero, which stands for "not yet".
json::value time_document(WallTime t);
json::array texts_document(const std::vector<std::string>& texts);
template <typename Id>
json::array ids_document(const std::vector<Id>& ids) {
  json::array out;
  for (const auto& id : ids) out.emplace_back(to_base32(id));
  return out;
}

}  // namespace tocsin::agents
