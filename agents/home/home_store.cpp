#include "agents/home/home_store.hpp"

namespace tocsin::agents {

Result<HomeStore> open_home_store(mesh::World& world, const Path& folder) {
  auto home = read_home(world.disk, folder);
  if (!home) return std::unexpected(home.error());
  if (const auto agreed = home->agreed(); !agreed) return std::unexpected(agreed.error());
  const auto& set = home->config.store_path;
  auto store = mesh::open_lmdb_reader(world, {set.empty() ? home->at.store() : set});
  if (!store) return std::unexpected(store.error());
  return HomeStore{std::move(*home), std::move(*store)};
}

Result<void> read_home_store(mesh::World& world, HomeStore& from, const Passphrase& passphrase,
                             const std::function<void(const mesh::Delivered&)>& each) {
  const auto keys = read_agent_keys(world.disk, from.home.at, passphrase);
  if (!keys) return std::unexpected(keys.error());
  const mesh::ArchiveKeys own{crypto::agent_id_of(from.home.signing), keys->sealing};
  return mesh::read_archive(*from.store, *from.home.charter, own, each);
}

}  // namespace tocsin::agents
