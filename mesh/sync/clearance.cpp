#include "mesh/sync/clearance.hpp"

namespace tocsin::mesh {
namespace {

constexpr Tlp every_tlp[] = {Tlp::clear, Tlp::green, Tlp::amber, Tlp::amber_strict, Tlp::red};

// Every marking that was seen in the log must be allowed out; where none was seen, nothing is.
Refusal check_seen(std::uint8_t seen, Exit exit, const Audience& audience,
                   const Recipient& recipient, const crypto::Charter& charter) {
  if (seen == 0) return Refusal::marking;
  for (const auto tlp : every_tlp) {
    if ((seen & 1u << unsigned(tlp)) == 0) continue;
    const auto refusal = check_exit(exit, {tlp, Pap::clear}, audience, recipient, charter);
    if (refusal != Refusal::none) return refusal;
  }
  return Refusal::none;
}

// What a carrier knows of an audience: whose agents are among the recipients.
Audience audience_by_agents(const Scope& scope, const Roster& roster) {
  Audience out;
  for (const auto& agent : scope.recipients)
    if (const auto org = roster.org_of(agent); !org.empty()) out.orgs.emplace_back(org);
  std::sort(out.orgs.begin(), out.orgs.end());
  out.orgs.erase(std::unique(out.orgs.begin(), out.orgs.end()), out.orgs.end());
  return out;
}

}  // namespace

Refusal reader_clearance(Exit exit, const LogKey& log, const PeerName& peer,
                         const Catalogue& catalogue, const crypto::Charter& charter) {
  if (!charter.member(peer.org)) return Refusal::unknown_recipient;
  const Recipient recipient{peer.org};
  if (log.scope.is_zero())
    return check_seen(catalogue.tlp_seen(log), exit, *catalogue.audience_of(log), recipient,
                      charter);
  const auto* scope = catalogue.scopes().find(log.scope);
  if (!scope) return Refusal::not_in_audience;
  if (peer.agent == log.agent) return Refusal::none;  // Its own words.
  if (!scope->received_by(peer.agent)) return Refusal::not_in_audience;
  if (!scope->key)
    return check_exit(Exit::relay, {Tlp::amber_strict, Pap::clear},
                      audience_by_agents(*scope, catalogue.roster()), recipient, charter);
  return check_seen(catalogue.tlp_seen(log), exit, scope->audience, recipient, charter);
}

Refusal carrier_clearance(const LogKey& log, const PeerName& peer, const Catalogue& catalogue,
                          const crypto::Charter& charter) {
  const auto* scope = catalogue.scopes().find(log.scope);
  if (!scope || !scope->key) return Refusal::not_in_audience;
  if (!scope->audience.persons.empty()) return Refusal::red;
  Recipient carrier{peer.org};
  carrier.sealed_carrier = true;
  return check_seen(catalogue.tlp_seen(log), Exit::relay, scope->audience, carrier, charter);
}

Refusal bundle_clearance(const LogKey& log, std::string_view org,
                         const std::vector<std::string>& carried_for, const AgentId& own,
                         const Catalogue& catalogue, const crypto::Charter& charter) {
  if (!charter.member(org)) return Refusal::unknown_recipient;
  auto refusal = Refusal::not_in_audience;
  for (const auto& agent : catalogue.roster().agents_of(org)) {
    refusal = reader_clearance(Exit::bundle, log, {agent.id, org}, catalogue, charter);
    if (refusal == Refusal::none) return refusal;
  }
  const auto* scope = catalogue.scopes().find(log.scope);
  if (!scope || log.agent != own) return refusal;
  for (const auto& reader : carried_for)
    for (const auto& agent : catalogue.roster().agents_of(reader))
      if (scope->received_by(agent.id))
        return carrier_clearance(log, {{}, org}, catalogue, charter);
  return refusal;
}

}  // namespace tocsin::mesh
