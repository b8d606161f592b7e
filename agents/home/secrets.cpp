#include "agents/home/secrets.hpp"

#include <boost/json.hpp>

#include "crypto/base_encoding.hpp"

namespace tocsin::agents {
namespace {

Result<crypto::SecretKey> secret_from(ByteView bytes) { return crypto::SecretKey::from(bytes); }

Result<crypto::PairSecrets> read_pair(mesh::Disk& disk, const Layout& at, const std::string& org,
                                      const Passphrase& passphrase) {
  const auto file = disk.read(at.secret(org), key_file_bytes_max);
  if (!file) return within(at.secret(org).string(), file.error());
  const auto ring = crypto::KeyRing::unlock(*file, passphrase);
  if (!ring && ring.error().code == Errc::invalid)
    return within(at.secret(org).string(),
                  hinted(ring.error(), "remove it, then share a new secret with `tocsin psk new`"));
  if (!ring) return within(at.secret(org).string(), ring.error());

  const auto current = ring->get("current");
  if (!current) return within(at.secret(org).string(), current.error());
  const auto key = secret_from(*current);
  if (!key) return within(at.secret(org).string(), key.error());
  crypto::PairSecrets out{org, *key, std::nullopt};
  if (const auto next = ring->get("next")) {
    const auto next_key = secret_from(*next);
    if (!next_key) return within(at.secret(org).string(), next_key.error());
    out.next = *next_key;
  }
  return out;
}

Result<void> write_pair(mesh::Disk& disk, const Layout& at, const crypto::PairSecrets& pair,
                        const Passphrase& passphrase, Entropy& entropy) {
  crypto::KeyRing ring;
  ring.put("current", pair.current.view());
  if (pair.next) ring.put("next", pair.next->view());
  return disk.write_atomic(at.secret(pair.peer_org), ring.lock(passphrase, entropy),
                           mesh::FileMode::secret);
}

}  // namespace

std::string write_secret_file(const SharedSecretFile& file) {
  return boost::json::serialize(boost::json::object{{"tocsin", "psk"},
                                                    {"from", file.from},
                                                    {"to", file.to},
                                                    {"secret", to_base64(file.secret.view())}}) +
         "\n";
}

Result<SharedSecretFile> read_secret_file(std::string_view json) {
  boost::system::error_code bad;
  const auto value = boost::json::parse(json, bad);
  if (bad || !value.is_object()) return fail(Errc::invalid, "no file of `tocsin psk new`");
  const auto field = [&](std::string_view key) -> std::string {
    const auto* found = value.as_object().if_contains(key);
    return found && found->is_string() ? std::string(found->as_string()) : std::string();
  };
  if (field("tocsin") != "psk") return fail(Errc::invalid, "no file of `tocsin psk new`");
  for (const auto* key : {"from", "to"})
    if (!crypto::is_name(field(key)))
      return fail(Errc::invalid, "{}: no organisation's id", key);
  const auto raw = from_base64(field("secret"));
  const auto secret = raw ? secret_from(*raw) : fail(Errc::invalid, "not base64");
  if (!secret) return fail(Errc::invalid, "secret: must be 32 bytes in base64");
  return SharedSecretFile{field("from"), field("to"), *secret};
}

Result<void> install_secret(mesh::Disk& disk, const Layout& at, const crypto::PairSecrets& pair,
                            const Passphrase& passphrase, Entropy& entropy) {
  const auto made = disk.make_folders(at.secrets(), mesh::FileMode::secret);
  if (!made) return made;

  auto current = pair.current;
  auto next = pair.next;
  if (disk.exists(at.secret(pair.peer_org))) {
    const auto before = read_pair(disk, at, pair.peer_org, passphrase);
    if (!before) return std::unexpected(before.error());
    if (before->current == pair.current || before->next == pair.current) return {};
    current = before->next.value_or(before->current);
    next = pair.current;
  }
  return write_pair(disk, at, {pair.peer_org, current, next}, passphrase, entropy);
}

Result<crypto::PairSecrets> read_secret(mesh::Disk& disk, const Layout& at,
                                        const std::string& peer, const Passphrase& passphrase) {
  if (!disk.exists(at.secret(peer)))
    return std::unexpected(Error{Errc::not_found,
                                 fmt::format("no secret is shared with {}", peer),
                                 fmt::format("tocsin psk new --peer {} --out FILE", peer)});
  return read_pair(disk, at, peer, passphrase);
}

Result<crypto::PairSecrets> promote_secret(mesh::Disk& disk, const Layout& at,
                                           const std::string& peer, const Passphrase& passphrase,
                                           Entropy& entropy) {
  auto pair = read_secret(disk, at, peer, passphrase);
  if (!pair) return pair;
  if (!pair->next)
    return std::unexpected(Error{Errc::not_found,
                                 fmt::format("there is no next secret with {}", peer),
                                 fmt::format("tocsin psk new --peer {} --out FILE", peer)});
  pair->current = *pair->next;
  pair->next.reset();
  if (const auto done = write_pair(disk, at, *pair, passphrase, entropy); !done)
    return std::unexpected(done.error());
  return pair;
}

Result<std::vector<crypto::PairSecrets>> read_secrets(mesh::Disk& disk, const Layout& at,
                                                      const Passphrase& passphrase) {
  std::vector<crypto::PairSecrets> out;
  if (!disk.exists(at.secrets())) return out;
  const auto names = disk.list(at.secrets());
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (!crypto::is_name(name)) continue;
    auto pair = read_pair(disk, at, name, passphrase);
    if (!pair) return std::unexpected(pair.error());
    out.push_back(std::move(*pair));
  }
  return out;
}

}  // namespace tocsin::agents
