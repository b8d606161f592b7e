// What a home holds, read without its agent: for commands that must work while none runs.
#pragma once

#include "agents/home/home.hpp"
#include "mesh/sync/archive.hpp"

namespace tocsin::agents {

/// A home with its store, opened for reading only: an agent that runs is not disturbed.
struct HomeStore {
  PublicHome home;
  std::unique_ptr<mesh::Store> store;
};
/// The home in `folder`. Lifetime: `world` outlives it. Errors: as read_home; not_found (no
/// charter, no store yet), io, corrupt, unsupported.
Result<HomeStore> open_home_store(mesh::World& world, const Path& folder);

/// The last batch up to which nothing is missing, of each log of `org`'s agents. Errors: io, corrupt.
Result<std::vector<mesh::LastGood>> heads_in(HomeStore& from, std::string_view org);

/// Calls `each` with every batch that the home's agent can read, in the order in which they came.
/// Errors: unauthenticated (the passphrase of its keys), io, corrupt.
Result<void> read_home_store(mesh::World& world, HomeStore& from, const Passphrase& passphrase,
                             const std::function<void(const mesh::Delivered&)>& each);

}  // namespace tocsin::agents
