// Homes of organisations on a simulated disk: founded, and agreed on a charter where asked.
#pragma once

#include "agents/home/agreement.hpp"
#include "agents/home/person.hpp"
#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_world.hpp"
#include "tests/catch.hpp"

namespace tocsin::tests {

using agents::Path;

struct Homes {
  Path home(std::string_view org) const { return Path("/") / std::string(org); }
  Path root(std::string_view org) const { return Path("/") / (std::string(org) + "-root"); }
  agents::Founding wish(const std::string& org) const {
    return {.home = home(org), .root_folder = root(org), .org = org, .name = org,
            .country = "DE", .role = crypto::OrgRole::operator_, .listen = "192.0.2.1:7440",
            .addresses = {}, .passphrase = {}};
  }
  void found(const std::string& org) {
    const auto founded = agents::found_organisation(disk, entropy, wish(org));
    if (!founded) FAIL(founded.error().message);
  }
  agents::PublicHome open(const std::string& org) {
    auto opened = agents::read_home(disk, home(org));
    if (!opened) FAIL(opened.error().message);
    return std::move(*opened);
  }
  crypto::SigningKey root_key(const std::string& org) {
    return std::move(agents::read_root(disk, root(org), {}).value().root);
  }
  /// Not signed by anybody yet.
  crypto::Charter draft(const std::vector<std::string>& orgs, bool exercise = true) {
    crypto::CharterBody body;
    body.name = "test";
    body.exercise = exercise;
    body.created = now();
    body.expires = body.created + std::chrono::days(30);
    for (const auto& org : orgs) body.members.push_back(open(org).card);
    return crypto::make_charter(std::move(body)).value();
  }
  crypto::Charter signed_by_all(const std::vector<std::string>& orgs, bool exercise = true) {
    auto charter = draft(orgs, exercise);
    for (const auto& org : orgs)
      REQUIRE(agents::sign_agreement(charter, root_key(org), now()).has_value());
    return charter;
  }
  /// Founds them all, and has them accept one charter.
  void agree(const std::vector<std::string>& orgs) {
    for (const auto& org : orgs) found(org);
    const auto charter = signed_by_all(orgs);
    for (const auto& org : orgs)
      REQUIRE(agents::accept_agreement(disk, open(org), charter, now()).has_value());
  }
  void write(const Path& file, std::string_view text) {
    REQUIRE(disk.write_atomic(file, bytes_of(text), mesh::FileMode::shared).has_value());
  }
  std::string read(const Path& file) { return agents::read_text(disk, file).value(); }
  WallTime now() const { return universe.wall(); }

  mesh::SimUniverse universe{1};
  mesh::SimMachine& machine = universe.add_machine("desk");
  mesh::World& world = machine.world();
  mesh::Disk& disk = world.disk;
  Entropy& entropy = world.entropy;
};

inline std::string code(const Error& error) { return std::string(name_of(error.code)); }
template <typename T>
std::string code(const Result<T>& result) {
  return result ? "none" : code(result.error());
}
template <typename T>
bool says(const Result<T>& result, std::string_view part) {
  return !result && result.error().message.find(part) != std::string::npos;
}

}  // namespace tocsin::tests
