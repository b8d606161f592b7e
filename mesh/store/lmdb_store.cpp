#include "mesh/store/lmdb_medium.hpp"
#include "mesh/store/windowed_store.hpp"

namespace tocsin::mesh {

Result<std::unique_ptr<Store>> open_lmdb_store(World& world, StoreOptions options) {
  if (const auto made = world.disk.make_folders(options.folder, FileMode::secret); !made)
    return std::unexpected(made.error());
  auto lock = world.disk.lock(options.folder / "writer");
  if (!lock && lock.error().code == Errc::refused)
    return std::unexpected(Error{
        Errc::refused, fmt::format("store: {} is open in another agent", options.folder.string()),
        "stop that agent, or give this one its own [store] path"});
  if (!lock) return std::unexpected(lock.error());
  // LMDB syncs what it writes, but not the folder: the name of a new file could be lost with all
  // that lies under it.
  const auto named = world.disk.open_append(options.folder / "data.mdb", FileMode::secret);
  if (!named) return std::unexpected(named.error());
  const auto medium = LmdbMedium::open(world, std::move(options), LmdbMedium::Access::read_write,
                                       std::move(*lock));
  if (!medium) return std::unexpected(medium.error());
  return WindowedStore::open(world, *medium, WindowedStore::Mode::read_write);
}

Result<std::unique_ptr<Store>> open_lmdb_reader(World& world, StoreOptions options) {
  if (!world.disk.exists(options.folder / "data.mdb"))
    return std::unexpected(Error{Errc::not_found,
                                 fmt::format("store: there is none in {}", options.folder.string()),
                                 "start the agent once, or name the right home"});
  const auto medium =
      LmdbMedium::open(world, std::move(options), LmdbMedium::Access::read_only, nullptr);
  if (!medium) return std::unexpected(medium.error());
  return WindowedStore::open(world, *medium, WindowedStore::Mode::read_only);
}

}  // namespace tocsin::mesh
