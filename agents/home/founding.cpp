#include "agents/home/founding.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "agents/home/dialled.hpp"
#include "agents/home/secrets.hpp"
#include "crypto/base_encoding.hpp"
#include "mesh/world/network.hpp"

namespace tocsin::agents {
namespace {

constexpr std::size_t org_name_bytes_max = 200;

bool is_country(std::string_view text) {
  return text.size() == 2 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z';
}

bool holds_something(mesh::Disk& disk, const Path& folder) {
  if (!disk.exists(folder)) return false;
  const auto names = disk.list(folder);
  return !names || !names->empty();
}

Result<void> check_addresses(const Founding& wish) {
  auto all = wish.addresses;
  if (all.size() > crypto::card_addresses_max)
    return fail(Errc::usage, "--address: {} of them, limit {}", all.size(),
                crypto::card_addresses_max);
  std::sort(all.begin(), all.end());
  if (const auto twice = std::adjacent_find(all.begin(), all.end()); twice != all.end())
    return fail(Errc::usage, "--address: {} is there twice", *twice);
  for (const auto& address : all)
    if (const auto good = check_dialled(address); !good)
      return std::unexpected(Error{Errc::usage, good.error().message, "HOST:PORT"});
  if (const auto parsed = mesh::parse_address(wish.listen); !wish.listen.empty() && !parsed)
    return std::unexpected(Error{Errc::usage, parsed.error().message, "HOST:PORT"});
  return {};
}

Result<void> check_wish(mesh::Disk& disk, const Founding& wish) {
  if (!crypto::is_name(wish.org))
    return fail(Errc::usage, "--org {}: 1 to 32 characters of a-z, 0-9, '-' and '.'", wish.org);
  if (!is_country(wish.country))
    return fail(Errc::usage, "--country {}: two capital letters as in ISO 3166-1", wish.country);
  if (wish.name.size() > org_name_bytes_max)
    return fail(Errc::usage, "--name: {} bytes, limit {}", wish.name.size(), org_name_bytes_max);
  if (const auto good = check_addresses(wish); !good) return good;
  if (lies_below(wish.root_folder, wish.home))
    return std::unexpected(Error{Errc::refused, "the root would lie inside the agent's home",
                                 "name a folder on another medium with --root-dir"});
  if (lies_below(wish.recovery_folder, wish.home))
    return std::unexpected(Error{Errc::refused, "the recovery key would lie inside the agent's home",
                                 "name a folder on another medium with --recovery-dir"});
  if (holds_something(disk, wish.home))
    return std::unexpected(Error{Errc::refused,
                                 fmt::format("{} is there already", wish.home.string()),
                                 "name another folder with --home"});
  if (disk.exists(RootLayout{wish.root_folder}.root()) ||
      (!wish.recovery_folder.empty() &&
       disk.exists(RootLayout{wish.recovery_folder}.recovery())))
    return std::unexpected(Error{
        Errc::refused, fmt::format("{} holds a root already", wish.root_folder.string()),
        "name another folder with --root-dir"});
  return {};
}

Result<void> write_ring(mesh::Disk& disk, const Path& file, ByteView seed,
                        const Passphrase& passphrase, Entropy& entropy) {
  crypto::KeyRing ring;
  ring.put("signing", seed);
  return disk.write_atomic(file, ring.lock(passphrase, entropy), mesh::FileMode::secret);
}

Result<crypto::SigningKey> read_ring(mesh::Disk& disk, const Path& file,
                                     const Passphrase& passphrase) {
  const auto bytes = disk.read(file, key_file_bytes_max);
  if (!bytes) return within(file.string(), bytes.error());
  const auto unprotected = crypto::is_unprotected(*bytes);
  if (unprotected && !*unprotected && !passphrase)
    return std::unexpected(Error{Errc::unauthenticated, file.string() + ": has a passphrase",
                                 "name its file with --passphrase-file"});
  const auto ring = crypto::KeyRing::unlock(
      *bytes, unprotected && *unprotected ? Passphrase() : passphrase);
  if (!ring) return within(file.string(), ring.error());
  const auto seed = ring->get("signing");
  if (!seed) return within(file.string(), seed.error());
  return crypto::SigningKey::from_seed(*seed);
}

std::string identity_text(const Founding& wish, const std::string& agent, const PublicKey& key) {
  return boost::json::serialize(boost::json::object{{"org", wish.org},
                                                    {"agent", agent},
                                                    {"signing", to_base64(key.view())}}) +
         "\n";
}

Result<void> write_home(mesh::Disk& disk, Entropy& entropy, const Founding& wish,
                        const crypto::Card& card, const crypto::SigningKey& root,
                        const AgentKeys& keys) {
  const Layout at{wish.home};
  const auto card_text = crypto::write_card(card, root);
  const RootLayout root_at{wish.root_folder};
  const auto own_secret = crypto::PairSecrets{wish.org, entropy.make<crypto::SecretKey>(), {}};

  auto done = disk.make_folders(at.home, mesh::FileMode::secret);
  if (done) done = write_agent_keys(disk, at, keys, wish.passphrase, entropy);
  if (done) done = install_secret(disk, at, own_secret, wish.passphrase, entropy);
  if (done) done = disk.write_atomic(root_at.card(), bytes_of(card_text), mesh::FileMode::shared);
  if (done) done = disk.write_atomic(at.card(), bytes_of(card_text), mesh::FileMode::shared);
  if (done)
    done = disk.write_atomic(at.config(),
                             bytes_of(first_config(wish.org, wish.listen, wish.addresses)),
                             mesh::FileMode::shared);
  if (done)  // Last: a home without it is none, so a half-made one is never taken for whole.
    done = disk.write_atomic(
        at.identity(),
        bytes_of(identity_text(wish, card.agents.front().name, keys.signing.public_key())),
        mesh::FileMode::shared);
  return done;
}

// Where the configuration says that partners dial this agent; nothing where it does not.
std::vector<std::string> said_addresses(const Config& config) {
  if (!config.advertise.empty()) return config.advertise;
  auto listen = dialable(config.listen);
  return listen.empty() ? std::vector<std::string>() : std::vector{std::move(listen)};
}

}  // namespace

bool lies_below(const Path& inner, const Path& outer) {
  const auto [in, out] = std::mismatch(inner.begin(), inner.end(), outer.begin(), outer.end());
  return out == outer.end() || (std::next(out) == outer.end() && out->empty());
}

Result<RootKeys> read_root(mesh::Disk& disk, const Path& folder, const Passphrase& passphrase) {
  const RootLayout at{folder};
  if (!disk.exists(at.root()))
    return std::unexpected(Error{Errc::not_found,
                                 fmt::format("no organisation root in {}", folder.string()),
                                 "name the folder given to `tocsin init --root-dir`"});
  auto root = read_ring(disk, at.root(), passphrase);
  if (!root) return std::unexpected(root.error());
  return RootKeys{std::move(*root)};
}

Result<crypto::SigningKey> read_recovery(mesh::Disk& disk, const Path& folder,
                                         const Passphrase& passphrase) {
  const RootLayout at{folder};
  if (disk.exists(at.recovery())) return read_ring(disk, at.recovery(), passphrase);
  return std::unexpected(Error{Errc::not_found,
                               fmt::format("no recovery key in {}", folder.string()),
                               "name the folder that holds recovery.bin"});
}

Result<NewRoot> make_root(mesh::Disk& disk, Entropy& entropy, const Path& folder,
                          const Passphrase& passphrase) {
  const RootLayout at{folder};
  if (disk.exists(at.root()) || disk.exists(at.recovery()))
    return std::unexpected(Error{Errc::refused,
                                 fmt::format("{} holds a root already", folder.string()),
                                 "name an empty folder on another medium"});
  NewRoot made{crypto::SigningKey::make(entropy), crypto::SigningKey::make(entropy)};
  auto done = disk.make_folders(folder, mesh::FileMode::secret);
  if (done) done = write_ring(disk, at.recovery(), made.recovery.seed(), passphrase, entropy);
  if (done) done = write_ring(disk, at.root(), made.root.seed(), passphrase, entropy);
  if (!done) return std::unexpected(done.error());
  return made;
}

Result<Founded> found_organisation(mesh::Disk& disk, Entropy& entropy, const Founding& wish) {
  const auto checked = check_wish(disk, wish);
  if (!checked) return std::unexpected(checked.error());

  const auto root = crypto::SigningKey::make(entropy);
  const auto recovery = crypto::SigningKey::make(entropy);
  const AgentKeys keys{crypto::SigningKey::make(entropy), crypto::ExchangeKey::make(entropy),
                       crypto::ExchangeKey::make(entropy)};
  const auto agent = wish.org.substr(0, 30) + "-1";
  crypto::Card card{
      .org = wish.org,
      .name = wish.name.empty() ? wish.org : wish.name,
      .country = wish.country,
      .role = wish.role,
      .root = root.public_key(),
      .recovery = recovery.public_key(),
      .agents = {{agent, keys.signing.public_key(), keys.channel.public_key(),
                  keys.sealing.public_key(), dialable(wish.listen)}},
      .own_networks = {}};
  if (!wish.addresses.empty()) card.agents.front().set_addresses(wish.addresses);
  card.agents.front().proof = crypto::prove_possession(
      crypto::certificate_body_of(wish.org, card.agents.front()), keys.signing);

  const RootLayout at{wish.root_folder};
  const RootLayout apart{wish.recovery_folder.empty() ? wish.root_folder : wish.recovery_folder};
  auto done = disk.make_folders(wish.root_folder, mesh::FileMode::secret);
  if (done) done = disk.make_folders(apart.folder, mesh::FileMode::secret);
  if (done) done = write_ring(disk, apart.recovery(), recovery.seed(), wish.passphrase, entropy);
  if (done) done = write_ring(disk, at.root(), root.seed(), wish.passphrase, entropy);
  if (done) done = write_home(disk, entropy, wish, card, root, keys);
  if (!done) return std::unexpected(done.error());
  return Founded{wish.org, agent};
}

Result<std::string> current_card(mesh::Disk& disk, const PublicHome& home,
                                 const crypto::SigningKey* root) {
  auto wanted = home.card;
  wanted.own_networks = home.config.guard.own;
  for (auto& agent : wanted.agents)
    if (agent.signing == home.signing)
      if (auto said = said_addresses(home.config); !said.empty())
        agent.set_addresses(std::move(said));

  const auto same_addresses = [&] {
    for (std::size_t i = 0; i < wanted.agents.size(); ++i)
      if (wanted.agents[i].addresses() != home.card.agents[i].addresses()) return false;
    return true;
  };
  if (wanted.own_networks == home.card.own_networks && same_addresses())
    return read_text(disk, home.at.card());

  if (!root)
    return std::unexpected(
        Error{Errc::refused, "own networks or addresses have changed since the root signed the card",
              "run `tocsin org card --root-dir DIR` with the organisation's root"});
  if (root->public_key() != home.card.root)
    return fail(Errc::refused, "this is not the root of {}", home.org);
  auto text = crypto::write_card(wanted, *root);
  const auto written = disk.write_atomic(home.at.card(), bytes_of(text), mesh::FileMode::shared);
  if (!written) return std::unexpected(written.error());
  return text;
}

}  // namespace tocsin::agents
