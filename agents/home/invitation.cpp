#include "agents/home/invitation.hpp"

#include <boost/json.hpp>

#include "agents/home/agreement.hpp"
#include "agents/home/fields.hpp"
#include "agents/home/fingerprint.hpp"
#include "agents/home/peers.hpp"
#include "agents/home/secrets.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents {
namespace {

namespace json = boost::json;

constexpr std::string_view binding = "tocsin invitation";

Result<json::object> object_from(std::string_view text) {
  boost::system::error_code bad;
  auto value = json::parse(text, bad);
  if (bad || !value.is_object()) return fail(Errc::invalid, "no file of `tocsin pair invite`");
  return std::move(value.as_object());
}

// The sealing keys of the partner's agents, as far as they are known here.
std::vector<PublicKey> sealing_keys(const PublicHome& home, std::string_view org) {
  std::vector<PublicKey> out;
  const auto add = [&out](const std::vector<crypto::CardAgent>& agents) {
    for (const auto& agent : agents) out.push_back(agent.sealing);
  };
  for (const auto& peer : home.peers)
    if (peer.card.org == org) add(peer.card.agents);
  const auto* member = out.empty() && home.charter ? home.charter->member(org) : nullptr;
  if (member) add(member->agents);
  return out;
}

Result<std::string> content_of(mesh::Disk& disk, const PublicHome& home, std::string_view peer,
                               const crypto::SecretKey& secret) {
  const auto card = read_text(disk, home.at.card());
  if (!card) return card;
  json::object content{{"from", home.org},
                       {"to", peer},
                       {"secret", to_base64(secret.view())},
                       {"card", *card}};
  if (home.charter) content["charter"] = crypto::write_charter(*home.charter);
  return json::serialize(content);
}

// What the file holds in clear, with our own key where it is sealed.
Result<std::string> opened(mesh::World& world, const PublicHome& home, const json::object& file,
                           const Passphrase& passphrase) {
  const auto* boxes = file.if_contains("sealed");
  if (!boxes || !boxes->is_array()) return text_in(file, "content");
  const auto keys = read_agent_keys(world.disk, home.at, passphrase);
  if (!keys) return std::unexpected(keys.error());
  for (const auto& each : boxes->as_array()) {
    if (!each.is_string()) continue;
    const auto box = from_base64(std::string_view(each.as_string()));
    if (!box) continue;
    const auto plain = crypto::unwrap(keys->sealing, bytes_of(binding), *box);
    if (plain) return std::string(text_of(*plain));
  }
  return fail(Errc::refused, "the invitation is not sealed to this home's agent");
}

Result<bool> take_charter(mesh::World& world, const PublicHome& home, std::string_view text) {
  if (text.empty()) return false;
  const auto charter = crypto::read_charter(text);
  if (!charter) return within("charter", charter.error());
  if (accept_agreement(world.disk, home, *charter, world.clock.wall())) return true;
  const auto kept = world.disk.write_atomic(home.at.home / "charter.offered.json", bytes_of(text),
                                            mesh::FileMode::shared);
  if (!kept) return std::unexpected(kept.error());
  return true;
}

}  // namespace

Result<Invited> make_invitation(mesh::World& world, const PublicHome& home, std::string_view peer,
                                const Passphrase& passphrase, const HandOver& hand_over) {
  if (!crypto::is_name(peer)) return fail(Errc::usage, "{}: no organisation's id", peer);
  if (peer == home.org) return fail(Errc::usage, "{}: this home is of that organisation", peer);
  const auto secret = world.entropy.make<crypto::SecretKey>();
  const auto content = content_of(world.disk, home, peer, secret);
  if (!content) return std::unexpected(content.error());

  const auto readers = sealing_keys(home, peer);
  json::object file{{"tocsin", "invitation"}, {"to", peer}};
  if (readers.empty()) {
    file["content"] = *content;
  } else {
    json::array boxes;
    for (const auto& reader : readers)
      boxes.emplace_back(to_base64(
          crypto::wrap(reader, bytes_of(binding), bytes_of(*content), world.entropy)));
    file["sealed"] = std::move(boxes);
  }
  const auto text = json::serialize(file) + "\n";
  if (hand_over)
    if (const auto given = hand_over(text); !given) return std::unexpected(given.error());
  const auto installed =
      install_secret(world.disk, home.at, {std::string(peer), secret, {}}, passphrase,
                     world.entropy);
  if (!installed) return std::unexpected(installed.error());
  return Invited{.peer = std::string(peer),
                 .file = text,
                 .fingerprint = fingerprint(crypto::blake2b(bytes_of(*content))),
                 .sealed = !readers.empty(),
                 .charter = home.charter.has_value()};
}

Result<Invited> accept_invitation(mesh::World& world, const PublicHome& home,
                                  std::string_view text, const Passphrase& passphrase) {
  const auto file = object_from(text);
  if (!file) return std::unexpected(file.error());
  if (text_in(*file, "tocsin") != "invitation")
    return fail(Errc::invalid, "no file of `tocsin pair invite`");
  if (text_in(*file, "to") != home.org)
    return fail(Errc::refused, "the invitation is for {}, this home is of {}",
                text_in(*file, "to"), home.org);
  const auto content = opened(world, home, *file, passphrase);
  if (!content) return std::unexpected(content.error());
  const auto fields = object_from(*content);
  if (!fields) return std::unexpected(fields.error());

  const auto from = text_in(*fields, "from");
  const auto raw = from_base64(text_in(*fields, "secret"));
  const auto secret = raw ? crypto::SecretKey::from(*raw) : fail(Errc::invalid, "no secret");
  if (!secret || !crypto::is_name(from) || text_in(*fields, "to") != home.org)
    return fail(Errc::invalid, "from, to or secret is missing");
  const auto card = crypto::read_card(text_in(*fields, "card"));
  if (!card) return within("card", card.error());
  if (card->org != from) return fail(Errc::refused, "the card is of {}, not of {}", card->org, from);

  const auto charter_text = text_in(*fields, "charter");
  if (!charter_text.empty())  // Nothing is taken in of a file that cannot be taken in whole.
    if (const auto readable = crypto::read_charter(charter_text); !readable)
      return within("charter", readable.error());
  const auto added = add_peer(world.disk, home, text_in(*fields, "card"), {});
  if (!added) return std::unexpected(added.error());
  const auto installed =
      install_secret(world.disk, home.at, {from, *secret, {}}, passphrase, world.entropy);
  if (!installed) return std::unexpected(installed.error());
  const auto charter = take_charter(world, home, charter_text);
  if (!charter) return std::unexpected(charter.error());
  return Invited{.peer = from,
                 .file = {},
                 .fingerprint = fingerprint(crypto::blake2b(bytes_of(*content))),
                 .sealed = file->contains("sealed"),
                 .charter = *charter};
}

}  // namespace tocsin::agents
