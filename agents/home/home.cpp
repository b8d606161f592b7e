#include "agents/home/home.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "agents/home/peers.hpp"
#include "agents/home/secrets.hpp"
#include "crypto/base_encoding.hpp"
#include "crypto/text.hpp"

namespace tocsin::agents {
namespace {

struct Identity {
  std::string org, agent;
  PublicKey signing;
};

Result<Identity> read_identity(mesh::Disk& disk, const Layout& at) {
  const auto text = read_text(disk, at.identity());
  if (!text) {
    if (text.error().code != Errc::not_found) return std::unexpected(text.error());
    return std::unexpected(Error{Errc::not_found,
                                 fmt::format("{} is no agent's home", at.home.string()),
                                 "make one with `tocsin init`, or name it with --home"});
  }
  boost::system::error_code bad;
  const auto value = boost::json::parse(*text, bad);
  const auto field = [&](std::string_view key) -> std::string {
    const auto* found = value.is_object() ? value.as_object().if_contains(key) : nullptr;
    return found && found->is_string() ? std::string(found->as_string()) : std::string();
  };
  const auto raw = from_base64(field("signing"));
  const auto key = raw ? PublicKey::from(*raw) : fail(Errc::invalid, "no key");
  if (bad || !key || !crypto::is_name(field("org")) || !crypto::is_name(field("agent")))
    return std::unexpected(Error{Errc::invalid,
                                 at.identity().string() + ": needs org, agent and signing",
                                 "take this home back from a backup"});
  return Identity{field("org"), field("agent"), *key};
}

Result<std::optional<crypto::Charter>> read_own_charter(mesh::Disk& disk, const Layout& at) {
  if (!disk.exists(at.charter())) return std::nullopt;
  const auto text = read_text(disk, at.charter());
  if (!text) return std::unexpected(text.error());
  auto charter = crypto::read_charter(*text);
  if (!charter)
    return within(at.charter().string(),
                  hinted(charter.error(), "remove it, then `tocsin charter accept FILE`"));
  return std::move(*charter);
}

template <typename Key, typename Make>
Result<Key> key_of(const crypto::KeyRing& ring, std::string_view name, Make make) {
  const auto secret = ring.get(name);
  if (!secret) return std::unexpected(secret.error());
  return make(*secret);
}

}  // namespace

Result<std::string> read_text(mesh::Disk& disk, const Path& file, std::size_t bytes_max) {
  const auto bytes = disk.read(file, bytes_max);
  if (!bytes) return within(file.string(), bytes.error());
  auto text = text_of(*bytes);
  if (const auto content = foreign_content(text); !content.empty())
    return std::unexpected(Error{Errc::invalid, fmt::format("{}: is {}", file.string(), content),
                                 std::string(foreign_remedy(content))});
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // as Windows editors begin files
  return std::string(text);
}

Result<const crypto::Charter*> PublicHome::agreed() const {
  if (charter) return &*charter;
  return std::unexpected(Error{Errc::not_found, "no charter has been accepted in this home",
                               "make one with `tocsin charter new`, sign and accept it"});
}

std::vector<std::string> PublicHome::partner_networks() const {
  std::vector<std::string> out;
  if (charter)
    for (const auto& member : charter->body.members)
      if (member.org != org)
        out.insert(out.end(), member.own_networks.begin(), member.own_networks.end());
  for (const auto& peer : peers)
    out.insert(out.end(), peer.card.own_networks.begin(), peer.card.own_networks.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Result<PublicHome> read_home(mesh::Disk& disk, const Path& home) {
  return read_home(disk, home, Layout{home}.config());
}

Result<PublicHome> read_home(mesh::Disk& disk, const Path& home, const Path& config_file) {
  PublicHome out{.at = {home}};
  auto identity = read_identity(disk, out.at);
  if (!identity) return std::unexpected(identity.error());
  out.org = std::move(identity->org);
  out.agent = std::move(identity->agent);
  out.signing = identity->signing;

  const auto card_text = read_text(disk, out.at.card());
  if (!card_text) return std::unexpected(card_text.error());
  auto card = crypto::read_card(*card_text);
  if (!card)
    return within(out.at.card().string(),
                  hinted(card.error(), "copy card.json from the root's folder"));
  out.card = std::move(*card);

  auto config = load_config(disk, config_file, home);
  if (!config) return std::unexpected(config.error());
  out.config = std::move(*config);
  if (out.config.org != out.org)
    return fail(Errc::invalid, "{}: org is {}, but this home is an agent of {}",
                config_file.string(), out.config.org, out.org);

  auto charter = read_own_charter(disk, out.at);
  if (!charter) return std::unexpected(charter.error());
  out.charter = std::move(*charter);
  // The card file lags behind until the new root signs it; what all have signed counts.
  if (const auto* own = out.charter ? out.charter->member(out.org) : nullptr) {
    out.card.root = own->root;
    out.card.recovery = own->recovery;
  }
  auto peers = read_peers(disk, out.at);
  if (!peers) return std::unexpected(peers.error());
  out.peers = std::move(*peers);

  const auto keys = disk.read(out.at.keys(), key_file_bytes_max);
  if (!keys) return within(out.at.keys().string(), keys.error());
  const auto unprotected = crypto::is_unprotected(*keys);
  if (!unprotected) return within(out.at.keys().string(), unprotected.error());
  out.has_passphrase = !*unprotected;
  return out;
}

Result<AgentKeys> read_agent_keys(mesh::Disk& disk, const Layout& at,
                                  const Passphrase& passphrase) {
  const auto file = disk.read(at.keys(), key_file_bytes_max);
  if (!file) return within(at.keys().string(), file.error());
  const auto ring = crypto::KeyRing::unlock(*file, passphrase);
  if (!ring) return within(at.keys().string(), ring.error());

  auto signing = key_of<crypto::SigningKey>(*ring, "signing", crypto::SigningKey::from_seed);
  auto channel = key_of<crypto::ExchangeKey>(*ring, "channel", crypto::ExchangeKey::from_secret);
  auto sealing = key_of<crypto::ExchangeKey>(*ring, "sealing", crypto::ExchangeKey::from_secret);
  if (!signing) return within(at.keys().string(), signing.error());
  if (!channel) return within(at.keys().string(), channel.error());
  if (!sealing) return within(at.keys().string(), sealing.error());
  return AgentKeys{std::move(*signing), std::move(*channel), std::move(*sealing)};
}

Result<void> write_agent_keys(mesh::Disk& disk, const Layout& at, const AgentKeys& keys,
                              const Passphrase& passphrase, Entropy& entropy) {
  crypto::KeyRing ring;
  ring.put("signing", keys.signing.seed());
  ring.put("channel", keys.channel.secret());
  ring.put("sealing", keys.sealing.secret());
  return disk.write_atomic(at.keys(), ring.lock(passphrase, entropy), mesh::FileMode::secret);
}

Result<Home> unlock_home(mesh::Disk& disk, PublicHome home, const Passphrase& passphrase) {
  if (home.has_passphrase && !passphrase)
    return std::unexpected(Error{Errc::unauthenticated, "the keys of this home have a passphrase",
                                 "name its file with --passphrase-file or TOCSIN_PASSPHRASE_FILE"});
  auto keys = read_agent_keys(disk, home.at, passphrase);
  if (!keys) return std::unexpected(keys.error());
  if (keys->signing.public_key() != home.signing)
    return fail(Errc::invalid, "{}: these are not the keys of agent {}",
                home.at.keys().string(), home.agent);
  auto secrets = read_secrets(disk, home.at, passphrase);
  if (!secrets) return std::unexpected(secrets.error());
  return Home{std::move(home), std::move(*keys), std::move(*secrets)};
}

}  // namespace tocsin::agents
