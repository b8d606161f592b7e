#include "agents/agent/charter_flow.hpp"

#include "agents/home/agreement.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents {
namespace {

// The networks of partners, which are never blocked, stand in their entries. Those of former
// members stay safe from us.
void guard_networks(Services& services, const crypto::CharterBody& before,
                    const crypto::CharterBody& now) {
  for (const auto& member : now.members) {
    const auto* old = before.member(member.org);
    if (old && old->own_networks == member.own_networks) continue;
    const auto added = services.guard.add_networks(member.org, member.org == services.org(),
                                                   member.own_networks);
    if (!added)
      services.world.log.error("guard: networks of {}: {}", member.org, added.error().message);
  }
}

// In place: everybody here refers to this one charter.
void live_by(Services& services, crypto::Charter charter) {
  auto& open = services.home.open;
  const auto version = charter.body.version;
  guard_networks(services, open.charter->body, charter.body);
  *open.charter = std::move(charter);
  if (const auto* own = open.charter->member(open.org)) {
    open.card.root = own->root;
    open.card.recovery = own->recovery;
  }
  services.watch.add("charter", services.org(), {{"version", version}});
}

Result<crypto::SecretKey> key_in(const Request& request, std::string_view name) {
  const auto raw = from_base64(request.text(name));
  if (!raw) return fail(Errc::usage, "{}: must be 32 bytes in base64", name);
  return crypto::SecretKey::from(*raw);
}

}  // namespace

void keep_charter(Services& services, const crypto::Charter& charter) {
  const auto kept =
      accept_agreement(services.world.disk, services.home.open, charter, services.now());
  if (!kept)
    services.world.log.error("version {} of the charter is in force, and HOME does not keep it: {}",
                             charter.body.version, kept.error().message);
  live_by(services, charter);
}

void keep_replayed_charter(Services& services) {
  const auto& charter = services.node->charter();
  if (charter.body.version > services.charter.body.version) keep_charter(services, charter);
}

Result<std::uint32_t> reload_charter(Services& services) {
  auto home = read_home(services.world.disk, services.home.open.at.home);
  if (!home) return std::unexpected(home.error());
  if (!home->charter) return services.charter.body.version;
  if (home->charter->body.version < services.node->charter().body.version) {
    keep_charter(services, services.node->charter());  // A write that failed before.
    return services.charter.body.version;
  }
  const auto certificates = certificates_of(*home->charter, home->org, home->signing);
  if (!certificates) return std::unexpected(certificates.error());
  const auto renewed =
      services.node->renew({.charter = *home->charter, .certificates = *certificates, .secrets = {}});
  if (!renewed) return std::unexpected(renewed.error());
  if (home->charter->body.version > services.charter.body.version ||
      home->charter->certificates != services.charter.certificates)
    live_by(services, std::move(*home->charter));
  return services.charter.body.version;
}

Result<Answer> accept_charter(Services& services, const Request& request) {
  const auto charter = crypto::read_charter(request.text("charter"));
  if (!charter) return std::unexpected(charter.error());
  auto& disk = services.world.disk;
  const bool same = charter->body_text == services.charter.body_text;
  const auto kept =
      same ? keep_certificates(disk, services.home.open, *charter)
           : accept_agreement(disk, services.home.open, *charter, services.now());
  if (!kept) return std::unexpected(kept.error());
  const auto version = reload_charter(services);
  if (!version) return std::unexpected(version.error());
  return Answer{json::object{{"version", *version}}};
}

Result<Answer> take_secret(Services& services, const Request& request) {
  const std::string peer = request.text("peer");
  if (!crypto::is_name(peer)) return fail(Errc::usage, "'{:.40}' is no organisation's id", peer);
  const auto current = key_in(request, "current");
  if (!current) return std::unexpected(current.error());
  crypto::PairSecrets pair{peer, *current, std::nullopt};
  if (request.has("next")) {
    const auto next = key_in(request, "next");
    if (!next) return std::unexpected(next.error());
    pair.next = *next;
  }
  auto& held = services.home.secrets;
  std::erase_if(held, [&](const auto& each) { return each.peer_org == peer; });
  held.push_back(std::move(pair));
  const auto renewed = services.node->renew({.charter = {}, .certificates = {}, .secrets = held});
  if (!renewed) return std::unexpected(renewed.error());
  return Answer{json::object{{"peer", peer}}};
}

}  // namespace tocsin::agents
