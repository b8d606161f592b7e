#include "agents/home/second_agent.hpp"

#include <boost/json.hpp>

#include "agents/home/agreement.hpp"
#include "agents/home/dialled.hpp"
#include "crypto/base_encoding.hpp"
#include "mesh/world/network.hpp"

namespace tocsin::agents {
namespace {

constexpr std::size_t agents_max = 64;

Result<void> check_wish(mesh::Disk& disk, const PublicHome& first, const crypto::SigningKey& root,
                        const SecondAgent& wish) {
  if (const auto listen = mesh::parse_address(wish.listen); !listen && !wish.listen.empty())
    return std::unexpected(Error{Errc::usage, listen.error().message, "HOST:PORT"});
  if (disk.exists(Layout{wish.home}.identity()))
    return fail(Errc::refused, "{} is there already", wish.home.string());
  if (root.public_key() != first.card.root)
    return fail(Errc::refused, "this is not the root of {}", first.org);
  if (first.card.agents.size() >= agents_max)
    return fail(Errc::too_large, "{} has {} agents already", first.org, agents_max);
  return {};
}

// Files of one folder, as they are: locked secrets stay locked.
Result<void> copy_folder(mesh::Disk& disk, const Path& from, const Path& to,
                         mesh::FileMode mode) {
  if (!disk.exists(from)) return {};
  const auto names = disk.list(from);
  if (!names) return std::unexpected(names.error());
  const auto made = disk.make_folders(to, mode);
  if (!made) return made;
  for (const auto& name : *names) {
    const auto bytes = disk.read(from / name, document_bytes_max);
    if (!bytes) return std::unexpected(bytes.error());
    const auto written = disk.write_atomic(to / name, *bytes, mode);
    if (!written) return written;
  }
  return {};
}

crypto::Charter with_certificates(crypto::Charter charter, const std::string& org,
                                  const crypto::CardAgent& agent, const crypto::SigningKey& root,
                                  WallTime now) {
  for (auto& each : certify_agent(org, agent, root, charter.federation, now))
    charter.certificates.push_back(std::move(each.encoded));
  return charter;
}

}  // namespace

Result<Founded> add_agent_home(mesh::Disk& disk, Entropy& entropy, const PublicHome& first,
                               const crypto::SigningKey& root, const SecondAgent& wish,
                               WallTime now) {
  const auto agreed = first.agreed();
  if (!agreed) return std::unexpected(agreed.error());
  const auto checked = check_wish(disk, first, root, wish);
  if (!checked) return std::unexpected(checked.error());

  const AgentKeys keys{crypto::SigningKey::make(entropy), crypto::ExchangeKey::make(entropy),
                       crypto::ExchangeKey::make(entropy)};
  crypto::CardAgent agent{
      fmt::format("{}-{}", first.org.substr(0, 28), first.card.agents.size() + 1),
      keys.signing.public_key(), keys.channel.public_key(), keys.sealing.public_key(),
      dialable(wish.listen)};
  agent.proof =
      crypto::prove_possession(crypto::certificate_body_of(first.org, agent), keys.signing);
  auto card = first.card;
  card.agents.push_back(agent);
  const auto card_text = crypto::write_card(card, root);
  const auto charter_text = crypto::write_charter(
      with_certificates(**agreed, first.org, agent, root, now));
  const auto identity = boost::json::serialize(
      boost::json::object{{"org", first.org},
                          {"agent", agent.name},
                          {"signing", to_base64(agent.signing.view())}});

  const Layout at{wish.home};
  using mesh::FileMode;
  auto done = disk.make_folders(at.home, FileMode::secret);
  if (done) done = write_agent_keys(disk, at, keys, wish.passphrase, entropy);
  if (done) done = copy_folder(disk, first.at.secrets(), at.secrets(), FileMode::secret);
  if (done) done = copy_folder(disk, first.at.analysts(), at.analysts(), FileMode::shared);
  if (done) done = copy_folder(disk, first.at.peers(), at.peers(), FileMode::shared);
  for (const auto& each : {at, first.at}) {
    if (done) done = disk.write_atomic(each.card(), bytes_of(card_text), FileMode::shared);
    if (done) done = disk.write_atomic(each.charter(), bytes_of(charter_text), FileMode::shared);
  }
  if (done)
    done = disk.write_atomic(at.config(), bytes_of(first_config(first.org, wish.listen)),
                             FileMode::shared);
  if (done) done = disk.write_atomic(at.identity(), bytes_of(identity), FileMode::shared);
  if (!done) return std::unexpected(done.error());
  return Founded{first.org, agent.name};
}

}  // namespace tocsin::agents
