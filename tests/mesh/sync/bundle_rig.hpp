// Agents that are never connected and hand each other files.
#pragma once

#include "tests/mesh/sync/node_rig.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

namespace tocsin::tests {

struct BundleRig : NodeRig {
  explicit BundleRig(std::vector<Federation::Org> orgs, bool open_all = true)
      : NodeRig(std::move(orgs)) {
    for (std::size_t i = 0; open_all && i < federation.agents.size(); ++i) open(i);
  }
  mesh::Path file(std::string name = "bundle") const { return folder.path() / name; }

  Result<mesh::BundleReport> send(std::size_t from, mesh::BundleOrder order) {
    if (order.file.empty()) order.file = file();
    return real.complete(node(from).export_bundle(std::move(order)));
  }
  Result<mesh::BundleReport> take(std::size_t to, std::string name = "bundle",
                                  bool dry_run = false) {
    return real.complete(node(to).import_bundle(file(std::move(name)), dry_run));
  }
  void say(std::size_t who, mesh::Tlp tlp, mesh::Audience audience, std::string_view text) {
    REQUIRE(publish(who, {note(who, tlp, std::move(audience), text)}));
  }

  ScratchFolder folder;
};

}  // namespace tocsin::tests
