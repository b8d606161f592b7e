#include "agents/home/node_options.hpp"

#include "agents/home/agreement.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents {
namespace {

// [[peer]] sections of one organisation; those that name a key count for that agent only.
std::vector<std::string> configured(const Config& config, const std::string& org,
                                    const PublicKey& channel) {
  std::vector<std::string> out;
  for (const auto& peer : config.peers)
    if (peer.org == org && (peer.key.empty() || peer.key == to_base64(channel.view())))
      out.push_back(peer.address);
  return out;
}

const PeerFile* peer_of(const PublicHome& home, std::string_view org) {
  for (const auto& peer : home.peers)
    if (peer.card.org == org) return &peer;
  return nullptr;
}

}  // namespace

std::vector<mesh::PeerConfig> peer_configs(const PeerFile& peer) {
  std::vector<mesh::PeerConfig> out;
  for (const auto& agent : peer.card.agents)
    out.push_back({peer.card.org, agent.channel,
                   peer.addresses.empty() ? agent.addresses() : peer.addresses});
  return out;
}

std::vector<mesh::PeerConfig> peer_configs(const PublicHome& home) {
  std::vector<mesh::PeerConfig> out;
  const auto add = [&](mesh::PeerConfig peer) {
    auto addresses = configured(home.config, peer.org, peer.channel);
    if (!addresses.empty()) peer.addresses = std::move(addresses);
    out.push_back(std::move(peer));
  };
  if (home.charter) {
    for (const auto& member : home.charter->body.members) {
      const auto* file = member.org == home.org ? nullptr : peer_of(home, member.org);
      if (file) {
        for (auto& peer : peer_configs(*file)) add(std::move(peer));
        continue;
      }
      for (const auto& agent : member.agents)
        if (agent.signing != home.signing)
          add({member.org, agent.channel, agent.addresses()});
    }
  }
  return out;
}

Result<mesh::NodeOptions> node_options(const Home& home) {
  const auto charter = home.open.agreed();
  if (!charter) return std::unexpected(charter.error());
  auto certificates = certificates_of(**charter, home.open.org, home.open.signing);
  if (!certificates) return std::unexpected(certificates.error());

  auto signing = crypto::SigningKey::from_seed(home.keys.signing.seed());
  auto channel = crypto::ExchangeKey::from_secret(home.keys.channel.secret());
  auto sealing = crypto::ExchangeKey::from_secret(home.keys.sealing.secret());
  TOCSIN_ASSERT(signing && channel && sealing);
  return mesh::NodeOptions{.org = home.open.org,
                           .agent = home.open.agent,
                           .signing = std::move(*signing),
                           .channel = std::move(*channel),
                           .sealing = std::move(*sealing),
                           .certificates = std::move(*certificates),
                           .charter = **charter,
                           .secrets = home.secrets,
                           .peers = peer_configs(home.open),
                           .listen = home.open.config.listen,
                           .author_bytes_max = home.open.config.author_bytes_max,
                           .gateway = home.open.config.gateway};
}

}  // namespace tocsin::agents
