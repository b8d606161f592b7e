#include "mesh/sync/roster.hpp"

#include <algorithm>

namespace tocsin::mesh {

Roster::Roster(const crypto::Charter& charter) : charter_(charter) { renew(); }

void Roster::renew() {
  for (const auto& version : charter_.earlier) enter_agents(version.body);
  enter_agents(charter_.body);
  for (const auto& encoded : charter_.certificates) (void)add(encoded);
  const auto follow = [&](crypto::Certificate& held) {
    if (auto now = crypto::read_member_certificate(charter_, held.encoded)) held = std::move(*now);
  };
  for (auto& [id, agent] : agents_)
    for (auto& certificate : agent.certificates) follow(certificate);
  for (auto& [key, certificates] : analysts_)
    for (auto& certificate : certificates) follow(certificate);
  enter_ends();
}

// One that cannot be read names no batch, so nothing of its log counts. By organisation as well:
// the version that removes one says nothing of another's agents.
void Roster::enter_ends() {
  ends_.clear();
  for (const auto& past : charter_.past_roots) {
    const auto* departure = charter_.departure_of(past.org);
    if (!departure) continue;
    for (const auto& last : departure->logs)
      if (const auto end = decode_last_good(last.view()))
        ends_.insert_or_assign({past.org, end->log}, *end);
  }
}

const LastGood* Roster::end_of(const LogKey& log) const {
  if (ends_.empty()) return nullptr;
  const auto at = ends_.find({std::string(org_of(log.agent)), log});
  return at == ends_.end() ? nullptr : &at->second;
}

// Those of former members too: what they signed in their time is still theirs.
void Roster::enter_agents(const crypto::CharterBody& body) {
  for (const auto& member : body.members)
    for (const auto& agent : member.agents)
      agents_.try_emplace(crypto::agent_id_of(agent.signing),
                          Agent{member.org, agent.name, agent.sealing, agent.channel, {}});
}

WallTime Roster::removed_at(const AgentId& agent) const {
  WallTime out{};
  for (const auto& past : charter_.past_roots)
    if (past.org == org_of(agent)) out = std::max(out, past.until);
  return out;
}

// What a person signed is judged by the certificate of that time, so one that a later one does not
// cover is kept beside it.
Result<bool> Roster::add_analyst(crypto::Certificate certificate) {
  const auto& body = certificate.body;
  const auto covers = [](const crypto::CertificateBody& a, const crypto::CertificateBody& b) {
    return a.signing == b.signing && a.not_before <= b.not_before && a.not_after >= b.not_after;
  };
  const std::pair key(body.org, body.name);
  const auto at = analysts_.find(key);
  if (at != analysts_.end())
    for (auto& held : at->second) {
      if (covers(held.body, body)) return false;
      if (!covers(body, held.body)) continue;
      held = std::move(certificate);
      return true;
    }
  if (const auto room = take_room(body.org); !room) return std::unexpected(room.error());
  analysts_[key].push_back(std::move(certificate));
  return true;
}

Result<crypto::Certificate> Roster::read(ByteView encoded) const {
  const auto body = crypto::peek_certificate(encoded);
  if (!body) return std::unexpected(body.error());
  auto certificate = crypto::read_member_certificate(charter_, encoded);
  if (!certificate || body->kind != crypto::CertificateKind::agent) return certificate;
  // A public key is no secret: any member could certify another's agent as its own.
  const auto known = agents_.find(body->id());
  if (known != agents_.end() && known->second.org != body->org)
    return fail(Errc::refused, "certificate of {}/{}: its key is that of an agent of {}",
                body->org, body->name, known->second.org);
  return certificate;
}

Result<void> Roster::take_room(const std::string& org) {
  auto& held = held_[org];
  if (held >= member_certificates_max)
    return fail(Errc::full, "roster: {} certificates of {} are held already", held, org);
  ++held;
  return {};
}

Result<bool> Roster::add(ByteView encoded) {
  auto certificate = read(encoded);
  if (!certificate) return std::unexpected(certificate.error());
  const auto& body = certificate->body;
  if (body.kind == crypto::CertificateKind::analyst) return add_analyst(std::move(*certificate));
  if (const auto known = agents_.find(body.id()); known != agents_.end())
    for (const auto& held : known->second.certificates)
      if (held.encoded == certificate->encoded) return false;
  if (const auto room = take_room(body.org); !room) return std::unexpected(room.error());
  auto& agent = agents_[body.id()];
  agent.org = body.org;
  agent.name = body.name;
  agent.sealing = body.sealing;
  agent.channel = body.channel;
  agent.certificates.push_back(std::move(*certificate));
  return true;
}

Result<const crypto::CertificateBody*> Roster::agent_at(const AgentId& agent,
                                                        WallTime time) const {
  const auto certificate = certificate_at(agent, time);
  if (!certificate) return std::unexpected(certificate.error());
  return &(*certificate)->body;
}

Result<const crypto::Certificate*> Roster::certificate_at(const AgentId& agent,
                                                          WallTime time) const {
  const auto at = agents_.find(agent);
  if (at == agents_.end() || at->second.certificates.empty())
    return fail(Errc::not_found, "no certificate of the agent that signed");
  for (const auto& certificate : at->second.certificates)
    if (certificate.valid_at(time)) return &certificate;
  return fail(Errc::expired, "no certificate of {}/{} covers the time of its batch",
              at->second.org, at->second.name);
}

const crypto::CertificateBody* Roster::any_of(const AgentId& agent) const {
  const auto at = agents_.find(agent);
  if (at == agents_.end() || at->second.certificates.empty()) return nullptr;
  return &at->second.certificates.front().body;
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

std::optional<AgentId> Roster::agent_named(std::string_view org, std::string_view name) const {
  for (const auto& [id, agent] : agents_)
    if (agent.org == org && agent.name == name) return id;
  return std::nullopt;
}

std::optional<AgentId> Roster::agent_with(const PublicKey& channel) const {
  for (const auto& [id, agent] : agents_)
    if (agent.channel == channel) return id;
  return std::nullopt;
}

bool Roster::same_org(const AgentId& a, const AgentId& b) const {
  const auto org = org_of(a);
  return !org.empty() && org == org_of(b);
}

std::vector<KnownAgent> Roster::agents_of(std::string_view org) const {
  std::vector<KnownAgent> out;
  if (!charter_.member(org)) return out;
  for (const auto& [id, agent] : agents_)
    if (agent.org == org && !is_revoked(id)) out.push_back({id, agent.sealing});
  return out;
}

const crypto::Certificate& Roster::present(
    const std::vector<crypto::Certificate>& certificates) const {
  const auto rank = [this](const crypto::Certificate& each) {
    return std::pair(!is_revoked(each.body.id()), each.body.not_after);
  };
  return *std::max_element(certificates.begin(), certificates.end(),
                           [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

std::optional<crypto::Certificate> Roster::analyst(std::string_view org,
                                                   std::string_view name) const {
  const auto at = analysts_.find({std::string(org), std::string(name)});
  if (at == analysts_.end()) return std::nullopt;
  return present(at->second);
}

std::vector<crypto::Certificate> Roster::analysts_at(std::string_view org,
                                                     std::string_view name,
                                                     WallTime time) const {
  std::vector<crypto::Certificate> out;
  const auto at = analysts_.find({std::string(org), std::string(name)});
  if (at == analysts_.end()) return out;
  for (const auto& certificate : at->second)
    if (certificate.valid_at(time)) out.push_back(certificate);
  return out;
}

std::vector<crypto::Certificate> Roster::analyst_certificates(std::string_view org,
                                                              std::string_view name) const {
  const auto at = analysts_.find({std::string(org), std::string(name)});
  return at == analysts_.end() ? std::vector<crypto::Certificate>() : at->second;
}

std::vector<crypto::Certificate> Roster::analysts() const {
  std::vector<crypto::Certificate> out;
  for (const auto& [key, certificates] : analysts_) out.push_back(present(certificates));
  return out;
}

namespace {

const LastGood* good_of(const Revocation& revocation, const LogKey& log) {
  for (const auto& good : revocation.last_good)
    if (good.log == log) return &good;
  return nullptr;
}

// The logs that both stand by, each up to the earlier of the two.
std::vector<LastGood> stricter(const Revocation& a, const Revocation& b) {
  std::vector<LastGood> out;
  for (const auto& good : a.last_good)
    if (const auto* other = good_of(b, good.log))
      out.push_back(other->sequence < good.sequence ? *other : good);
  return out;
}

bool same_places(const std::vector<LastGood>& a, const std::vector<LastGood>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const LastGood& x, const LastGood& y) {
                      return x.log == y.log && x.sequence == y.sequence;
                    });
}

}  // namespace

bool Roster::is_news(const Revocation& revocation) const {
  const auto at = revoked_.find({revocation.agent, revocation.org});
  return at == revoked_.end() ||
         !same_places(stricter(at->second, revocation), at->second.last_good);
}

bool Roster::revoke(const Revocation& revocation) {
  if (!is_news(revocation)) return false;
  const auto at = revoked_.find({revocation.agent, revocation.org});
  if (at != revoked_.end()) {
    at->second.last_good = stricter(at->second, revocation);
    return true;
  }
  const auto held = std::count_if(revoked_.begin(), revoked_.end(), [&](const auto& each) {
    return each.first.second == revocation.org;
  });
  if (std::size_t(held) >= member_revocations_max) return false;
  return revoked_.try_emplace({revocation.agent, revocation.org}, revocation).second;
}

// Nobody takes back the word of somebody else: the revocation must be its own organisation's.
const Revocation* Roster::revocation_of(const AgentId& id) const {
  if (revoked_.empty()) return nullptr;
  const auto by = [&](std::string_view org) {
    const auto at = revoked_.find({id, std::string(org)});
    return at == revoked_.end() ? nullptr : &at->second;
  };
  if (const auto org = org_of(id); !org.empty()) return by(org);
  for (const auto& [name, certificates] : analysts_)
    for (const auto& certificate : certificates)
      if (certificate.body.id() == id) return by(name.first);
  return nullptr;
}

bool Roster::trusted(const LogKey& log, std::uint64_t sequence) const {
  if (is_former(log.agent)) {
    const auto* end = end_of(log);
    if (!end || sequence > end->sequence) return false;
  }
  const auto* revocation = revocation_of(log.agent);
  if (!revocation) return true;
  const auto* good = good_of(*revocation, log);
  return good && sequence <= good->sequence;
}

bool Roster::trusted(const LogKey& log, std::uint64_t sequence, const Digest& id) const {
  if (!trusted(log, sequence)) return false;
  const auto another = [&](const LastGood* end) {
    return end && end->sequence == sequence && end->id != id;
  };
  const auto* revocation = revocation_of(log.agent);
  return !another(is_former(log.agent) ? end_of(log) : nullptr) &&
         !another(revocation ? good_of(*revocation, log) : nullptr);
}

Result<crypto::Certificate> Roster::check_agent(ByteView encoded, WallTime now) const {
  auto certificate = read(encoded);
  if (!certificate) return certificate;
  const auto& body = certificate->body;
  if (!charter_.member(body.org))
    return fail(Errc::refused, "{}/{} is of a former member", body.org, body.name);
  if (body.kind != crypto::CertificateKind::agent)
    return fail(Errc::refused, "{}/{} is not an agent", body.org, body.name);
  if (!certificate->valid_at(now))
    return fail(Errc::expired, "certificate of {}/{} is not valid at this clock's time",
                body.org, body.name);
  if (revoked_.contains({body.id(), body.org}))
    return fail(Errc::refused, "{}/{} was revoked", body.org, body.name);
  return certificate;
}

}  // namespace tocsin::mesh
