#include "agents/bench/operators.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr Duration charter_life = std::chrono::days(365);

std::string agent_name(const std::string& org) { return org + "-1"; }

}  // namespace

Operators::Agent Operators::make(std::string org, Entropy& entropy) {
  return {std::move(org),
          crypto::SigningKey::make(entropy),
          crypto::SigningKey::make(entropy),
          crypto::ExchangeKey::make(entropy),
          crypto::ExchangeKey::make(entropy),
          {}};
}

Result<Operators> Operators::found(Entropy& entropy, WallTime now) {
  Operators out;
  out.pair_ = entropy.make<crypto::SecretKey>();
  crypto::CharterBody body{.name = "Bench",
                           .exercise = true,
                           .created = now,
                           .expires = now + charter_life};
  for (const auto* org : {"near", "far"}) {
    auto& agent = out.agents_.emplace_back(make(org, entropy));
    crypto::CardAgent entry{agent_name(agent.org), agent.signing.public_key(),
                            agent.channel.public_key(), agent.sealing.public_key(), {}};
    entry.proof = crypto::prove_possession(crypto::certificate_body_of(agent.org, entry),
                                           agent.signing);
    body.members.push_back({.org = agent.org,
                            .name = agent.org,
                            .country = "DE",
                            .role = crypto::OrgRole::operator_,
                            .root = agent.root.public_key(),
                            .recovery = crypto::SigningKey::make(entropy).public_key(),
                            .agents = {entry},
                            .own_networks = {}});
  }
  auto charter = crypto::make_charter(std::move(body));
  if (!charter) return std::unexpected(charter.error());
  out.charter_ = std::move(*charter);
  for (auto& agent : out.agents_) {
    if (auto done = crypto::sign_charter(out.charter_, agent.org, agent.root); !done)
      return std::unexpected(done.error());
    const auto& entry = out.charter_.member(agent.org)->agents.front();
    agent.certificates = crypto::certify_year(crypto::certificate_body_of(agent.org, entry), now,
                                              agent.root, out.charter_.federation);
    const auto added = crypto::add_certificates(out.charter_, agent.org, agent.certificates);
    if (!added) return std::unexpected(added.error());
  }
  return out;
}

mesh::NodeOptions Operators::options(Which which) const {
  const auto& agent = agents_[which];
  auto signing = crypto::SigningKey::from_seed(agent.signing.seed());
  auto channel = crypto::ExchangeKey::from_secret(agent.channel.secret());
  auto sealing = crypto::ExchangeKey::from_secret(agent.sealing.secret());
  TOCSIN_ASSERT(signing && channel && sealing);
  return {.org = agent.org,
          .agent = agent_name(agent.org),
          .signing = std::move(*signing),
          .channel = std::move(*channel),
          .sealing = std::move(*sealing),
          .certificates = agent.certificates,
          .charter = charter_,
          .secrets = {{agents_[which == near ? far : near].org, pair_, std::nullopt}},
          .peers = {},
          .listen = "127.0.0.1:0"};
}

mesh::PeerConfig Operators::peer(Which which, std::string address) const {
  return {agents_[which].org, agents_[which].channel.public_key(), {std::move(address)}};
}

AgentId Operators::id(Which which) const {
  return crypto::agent_id_of(agents_[which].signing.public_key());
}

}  // namespace tocsin::agents::bench
