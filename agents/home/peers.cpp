#include "agents/home/peers.hpp"

#include <boost/json.hpp>

#include "agents/home/dialled.hpp"

namespace tocsin::agents {
namespace {

constexpr std::size_t peer_file_bytes_max = 2 * 1024 * 1024;
constexpr std::string_view peer_remedy = "remove it, then `tocsin peer add CARD`";

Result<PeerFile> read_peer(mesh::Disk& disk, const Path& file) {
  const auto text = read_text(disk, file, peer_file_bytes_max);
  if (!text) return std::unexpected(text.error());
  boost::system::error_code bad;
  const auto value = boost::json::parse(*text, bad);
  const auto damaged = [&file](Error error) {
    return within(file.string(), hinted(std::move(error), peer_remedy));
  };
  if (bad || !value.is_object()) return damaged({Errc::invalid, "not JSON"});
  const auto* card_text = value.as_object().if_contains("card");
  if (!card_text || !card_text->is_string()) return damaged({Errc::invalid, "has no card"});
  auto card = crypto::read_card(std::string_view(card_text->as_string()));
  if (!card) return damaged(card.error());

  PeerFile peer{std::move(*card), {}};
  if (const auto* addresses = value.as_object().if_contains("addresses");
      addresses && addresses->is_array())
    for (const auto& address : addresses->as_array())
      if (address.is_string()) peer.addresses.emplace_back(address.as_string());
  return peer;
}

}  // namespace

Result<PeerFile> add_peer(mesh::Disk& disk, const PublicHome& home, std::string_view card_json,
                          std::vector<std::string> addresses) {
  auto card = crypto::read_card(card_json);
  if (!card) return std::unexpected(card.error());
  if (card->org == home.org)
    return fail(Errc::refused, "this is the card of {}, the organisation of this home", home.org);
  if (home.charter) {
    const auto* member = home.charter->member(card->org);
    if (member && member->root != card->root)
      return std::unexpected(
          Error{Errc::refused, fmt::format("the charter knows another root for {}", card->org),
                "ask the partner by another channel which card is right"});
  }
  if (addresses.size() > crypto::card_addresses_max)
    return fail(Errc::usage, "--address: {} of them, limit {}", addresses.size(),
                crypto::card_addresses_max);
  for (const auto& address : addresses)
    if (const auto good = check_dialled(address); !good) return std::unexpected(good.error());

  const auto made = disk.make_folders(home.at.peers(), mesh::FileMode::shared);
  if (!made) return std::unexpected(made.error());
  boost::json::array list;
  for (const auto& address : addresses) list.emplace_back(address);
  const auto text = boost::json::serialize(
      boost::json::object{{"card", card_json}, {"addresses", std::move(list)}});
  const auto written = disk.write_atomic(home.at.peer(card->org), bytes_of(text),
                                         mesh::FileMode::shared);
  if (!written) return std::unexpected(written.error());
  return PeerFile{std::move(*card), std::move(addresses)};
}

Result<std::vector<PeerFile>> read_peers(mesh::Disk& disk, const Layout& at) {
  std::vector<PeerFile> out;
  if (!disk.exists(at.peers())) return out;
  const auto names = disk.list(at.peers());
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (!name.ends_with(".json")) continue;
    auto peer = read_peer(disk, at.peers() / name);
    if (!peer) return std::unexpected(peer.error());
    out.push_back(std::move(*peer));
  }
  return out;
}

}  // namespace tocsin::agents
