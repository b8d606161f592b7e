#include "agents/bench/station.hpp"

#include "mesh/store/open_store.hpp"

namespace tocsin::agents::bench {

Station::Station(Scratch scratch, std::unique_ptr<mesh::Store> store,
                 std::unique_ptr<mesh::Node> node)
    : scratch_(std::move(scratch)), store_(std::move(store)), node_(std::move(node)) {}

Result<Station> Station::open(mesh::World& world, mesh::NodeOptions options,
                              std::vector<mesh::Observer*> observers) {
  auto scratch = Scratch::make(world);
  if (!scratch) return std::unexpected(scratch.error());
  auto store = mesh::open_lmdb_store(world, {scratch->folder()});
  if (!store) return std::unexpected(store.error());
  auto node = mesh::Node::open(world, **store, std::move(options), std::move(observers));
  if (!node) return std::unexpected(node.error());
  return Station(std::move(*scratch), std::move(*store), std::move(*node));
}

}  // namespace tocsin::agents::bench
