#include "agents/home/home_store.hpp"

#include "mesh/sync/catalogue.hpp"

namespace tocsin::agents {
namespace {

// Agents that joined after the charter was signed are known from records only. One that is missed
// would have no logs, so what cannot be read is an error; what was dropped held no certificate.
Result<void> learn_certificates(const mesh::StoredBatch& stored, mesh::Roster& roster) {
  if (!stored.log.scope.is_zero() || stored.log.log_class != mesh::LogClass::control) return {};
  if (stored.dropped()) return {};
  const auto batch = mesh::parse_batch(*stored.encoded);
  const auto opened = batch ? mesh::open_batch(*batch, nullptr) : std::unexpected(batch.error());
  if (!opened)
    return fail(Errc::corrupt, "log {} sequence {}: {}", mesh::short_name(stored.log),
                stored.sequence, opened.error().message);
  for (const auto& record : opened->records)
    if (record.header.kind == mesh::RecordKind::certificate)
      (void)roster.add(mesh::certificate_in(record));  // One that does not verify counts nowhere.
  return {};
}

}  // namespace

Result<HomeStore> open_home_store(mesh::World& world, const Path& folder) {
  auto home = read_home(world.disk, folder);
  if (!home) return std::unexpected(home.error());
  if (const auto agreed = home->agreed(); !agreed) return std::unexpected(agreed.error());
  const auto& set = home->config.store_path;
  auto store = mesh::open_lmdb_reader(world, {set.empty() ? home->at.store() : set});
  if (!store) return std::unexpected(store.error());
  return HomeStore{std::move(*home), std::move(*store)};
}

Result<std::vector<mesh::LastGood>> heads_in(HomeStore& from, std::string_view org) {
  mesh::Roster roster(*from.home.charter);
  mesh::HeadTable heads;
  const auto bases = mesh::read_bases(*from.store);
  if (!bases) return std::unexpected(bases.error());
  for (const auto& [log, base] : *bases) heads.raise(log, base.base, base.last);
  std::optional<Error> broken;
  const auto scanned = from.store->scan([&](const mesh::StoredBatch& stored) {
    const auto prefix = ByteView(*stored.encoded).first(mesh::batch_header_bytes);
    const auto header = mesh::parse_batch_header(prefix);
    if (!header) {
      broken = header.error();
      return false;
    }
    if (const auto learned = learn_certificates(stored, roster); !learned) {
      broken = learned.error();
      return false;
    }
    if (heads.fit(stored.log, stored.sequence, header->previous) == mesh::Fit::next)
      heads.add(stored.log, stored.sequence, crypto::blake2b(prefix));
    return true;
  });
  if (!scanned) return std::unexpected(scanned.error());
  if (broken) return std::unexpected(*broken);
  return heads.last_of(
      [&](const mesh::LogKey& log) { return roster.org_of(log.agent) == org; });
}

Result<void> read_home_store(mesh::World& world, HomeStore& from, const Passphrase& passphrase,
                             const std::function<void(const mesh::Delivered&)>& each) {
  const auto keys = read_agent_keys(world.disk, from.home.at, passphrase);
  if (!keys) return std::unexpected(keys.error());
  const mesh::ArchiveKeys own{crypto::agent_id_of(from.home.signing), keys->sealing};
  return mesh::read_archive(*from.store, *from.home.charter, own, each);
}

}  // namespace tocsin::agents
