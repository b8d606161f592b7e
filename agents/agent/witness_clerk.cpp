#include "agents/agent/witness_clerk.hpp"

#include <algorithm>

namespace tocsin::agents {
namespace {

// Colleagues with a smaller id go first; those that joined later than the charter go last.
std::size_t rank_in(const Services& services) {
  const auto* member = services.charter.member(services.org());
  const auto own = crypto::agent_id_of(services.home.keys.signing.public_key());
  if (!member) return 0;
  return std::size_t(std::count_if(
      member->agents.begin(), member->agents.end(), [&](const crypto::CardAgent& agent) {
        return crypto::agent_id_of(agent.signing) < own;
      }));
}

}  // namespace

WitnessClerk::WitnessClerk(Services& services) : services_(services), desk_(rank_in(services)) {}

void WitnessClerk::on_durable(const mesh::Delivered& batch) {
  if (batch.org == services_.org()) {
    // What a colleague has witnessed needs no second word of this organisation.
    for (const auto& record : batch.records)
      if (record.header.kind == mesh::RecordKind::witness)
        if (const auto heads = mesh::view_witness(record))
          for (const auto& head : *heads) desk_.covered(head.log, head.sequence);
    return;
  }
  // What is sealed to persons their agents only keep: not even that it exists is said on.
  if (!mesh::holds_decisions(batch.header.log) || !batch.audience.persons.empty()) return;
  const bool decision =
      std::any_of(batch.records.begin(), batch.records.end(), [](const mesh::RecordView& record) {
        return mesh::is_decision(record.header.kind);
      });
  if (!desk_.grew(batch.header.log, batch.audience, decision, services_.world.clock.now()))
    services_.world.log.warn("witness: log {} is one too many and is not witnessed",
                             mesh::short_name(batch.header.log));
}

std::vector<mesh::Draft> WitnessClerk::drafts() {
  std::vector<mesh::Draft> out;
  std::map<AgentId, std::vector<mesh::LastGood>> heads;
  const auto head_of = [&](const mesh::LogKey& log) -> std::optional<mesh::Witnessed> {
    auto known = heads.find(log.agent);
    if (known == heads.end())
      known = heads.emplace(log.agent, services_.node->heads_of(log.agent)).first;
    for (const auto& head : known->second)
      if (head.log == log) return mesh::Witnessed{log, head.sequence, head.id};
    return std::nullopt;
  };
  for (auto& round : desk_.take(services_.world.clock.now(), head_of)) {
    const bool open = round.audience.all_members;
    const mesh::Marking marking{open ? mesh::Tlp::green : mesh::Tlp::amber_strict,
                                mesh::Pap::green};
    const auto header = services_.header(mesh::RecordKind::witness, marking);
    out.push_back({header.kind, marking, std::move(round.audience), mesh::LogClass::control,
                   mesh::encode_witness(header, round.heads)});
  }
  return out;
}

mesh::Task<> WitnessClerk::keep() {
  for (;;) {
    co_await mesh::sleep(services_.world.loop, look_every);
    if (!desk_.due(services_.world.clock.now())) continue;
    auto records = drafts();
    if (!records.empty()) services_.share(std::move(records));
  }
}

}  // namespace tocsin::agents
