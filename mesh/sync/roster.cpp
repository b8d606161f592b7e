#include "mesh/sync/roster.hpp"

namespace tocsin::mesh {

Roster::Roster(const crypto::Charter& charter) : charter_(charter) {
  for (const auto& member : charter.body.members)
    for (const auto& agent : member.agents)
      agents_[crypto::agent_id_of(agent.signing)] =
          Agent{member.org, agent.name, agent.sealing, {}};
  for (const auto& encoded : charter.certificates) (void)add(encoded);
}

Result<crypto::Certificate> Roster::read(ByteView encoded) const {
  const auto body = crypto::peek_certificate(encoded);
  if (!body) return std::unexpected(body.error());
  const auto* member = charter_.member(body->org);
  if (!member)
    return fail(Errc::refused, "certificate of {}/{}: not a member", body->org, body->name);
  return crypto::read_certificate(encoded, member->root, charter_.federation);
}

Result<bool> Roster::add(ByteView encoded) {
  auto certificate = read(encoded);
  if (!certificate) return std::unexpected(certificate.error());
  const auto& body = certificate->body;
  if (body.kind == crypto::CertificateKind::analyst) {
    auto& held = analysts_[{body.org, body.name}];
    if (!held.encoded.empty() && held.body.not_after >= body.not_after) return false;
    held = std::move(*certificate);
    return true;
  }
  auto& agent = agents_[body.id()];
  for (const auto& held : agent.certificates)
    if (held.encoded == certificate->encoded) return false;
  if (certificates_ >= certificates_max)
    return fail(Errc::full, "roster: {} certificates are held already", certificates_);
  ++certificates_;
  agent.org = body.org;
  agent.name = body.name;
  agent.sealing = body.sealing;
  agent.certificates.push_back(std::move(*certificate));
  return true;
}

Result<const crypto::CertificateBody*> Roster::agent_at(const AgentId& agent,
                                                        WallTime time) const {
  const auto at = agents_.find(agent);
  if (at == agents_.end() || at->second.certificates.empty())
    return fail(Errc::not_found, "no certificate of the agent that signed");
  for (const auto& certificate : at->second.certificates)
    if (certificate.valid_at(time)) return &certificate.body;
  return fail(Errc::expired, "no certificate of {}/{} covers the time of its batch",
              at->second.org, at->second.name);
}

std::vector<ByteView> Roster::certificates_of(const AgentId& agent) const {
  std::vector<ByteView> out;
  const auto at = agents_.find(agent);
  if (at != agents_.end())
    for (const auto& certificate : at->second.certificates) out.push_back(certificate.encoded);
  return out;
}

std::string_view Roster::org_of(const AgentId& agent) const {
  const auto at = agents_.find(agent);
  return at == agents_.end() ? std::string_view() : at->second.org;
}

std::string_view Roster::name_of(const AgentId& agent) const {
  const auto at = agents_.find(agent);
  return at == agents_.end() ? std::string_view() : at->second.name;
}

bool Roster::same_org(const AgentId& a, const AgentId& b) const {
  const auto org = org_of(a);
  return !org.empty() && org == org_of(b);
}

std::vector<KnownAgent> Roster::agents_of(std::string_view org) const {
  std::vector<KnownAgent> out;
  for (const auto& [id, agent] : agents_)
    if (agent.org == org && !is_revoked(id)) out.push_back({id, agent.sealing});
  return out;
}

std::optional<crypto::Certificate> Roster::analyst(std::string_view org,
                                                   std::string_view name) const {
  const auto at = analysts_.find({std::string(org), std::string(name)});
  if (at == analysts_.end()) return std::nullopt;
  return at->second;
}

std::vector<crypto::Certificate> Roster::analysts() const {
  std::vector<crypto::Certificate> out;
  for (const auto& [key, certificate] : analysts_) out.push_back(certificate);
  return out;
}

bool Roster::revoke(const Revocation& revocation) {
  return revoked_.emplace(revocation.agent, revocation).second;
}

bool Roster::trusted(const LogKey& log, std::uint64_t sequence) const {
  const auto at = revoked_.find(log.agent);
  if (at == revoked_.end()) return true;
  for (const auto& good : at->second.last_good)
    if (good.log == log) return sequence <= good.sequence;
  return false;
}

Result<crypto::Certificate> Roster::check_agent(ByteView encoded, WallTime now) const {
  auto certificate = read(encoded);
  if (!certificate) return certificate;
  const auto& body = certificate->body;
  if (body.kind != crypto::CertificateKind::agent)
    return fail(Errc::refused, "{}/{} is not an agent", body.org, body.name);
  if (!certificate->valid_at(now))
    return fail(Errc::expired, "certificate of {}/{} is not valid at this clock's time",
                body.org, body.name);
  if (is_revoked(body.id()))
    return fail(Errc::refused, "{}/{} was revoked", body.org, body.name);
  return certificate;
}

}  // namespace tocsin::mesh
