#include "tests/simulation/mesh_plan.hpp"

namespace tocsin::tests {

MeshPlan MeshPlan::drawn(std::uint64_t seed) {
  mesh::SimChance chance(mesh::mix(seed, 0x0a6));
  MeshPlan out{.seed = seed};
  const auto count = 2 + chance.below(3);
  for (std::uint64_t i = 0; i < count; ++i) {
    const bool authority = i >= 2 && chance.happens(0.5);
    out.orgs.push_back({"org" + std::to_string(i),
                        authority ? crypto::OrgRole::authority : crypto::OrgRole::operator_,
                        1 + int(chance.below(2))});
  }
  if (count == 2) out.orgs[0].agents = 2;
  out.aging = int(chance.below(4));
  return out;
}

MeshPlan MeshPlan::sized(std::uint64_t seed, std::size_t orgs, std::size_t agents) {
  MeshPlan out{.seed = seed, .every_pair = agents <= 12};
  for (std::size_t i = 0; i < orgs; ++i) {
    const bool authority = i >= 2 && i % 4 == 2;
    out.orgs.push_back({"org" + std::to_string(i),
                        authority ? crypto::OrgRole::authority : crypto::OrgRole::operator_,
                        int(agents / orgs + (i < agents % orgs ? 1 : 0))});
  }
  const auto count = int(agents);
  out.notes = 50 + count;
  out.cuts = 4 + count / 10;
  out.splits = 2;
  out.crashes = 2 + count / 2;
  out.restores = 1 + count / 50;
  out.bad_disks = 2 + count / 25;
  out.skewed = 1 + count / 25;
  out.twin = true;
  return out;
}

MeshPlan MeshPlan::sized(std::uint64_t seed, std::size_t orgs, std::size_t agents,
                         std::string_view faults) {
  auto out = sized(seed, orgs, agents);
  const auto named = [&](std::string_view name) {
    return faults.find(name) != std::string_view::npos;
  };
  if (!named("restores")) out.restores = 0;
  if (!named("disks")) out.bad_disks = 0;
  if (!named("skew")) out.skewed = 0;
  out.twin = named("twin");
  return out;
}

std::size_t MeshPlan::agents() const {
  std::size_t out = 0;
  for (const auto& org : orgs) out += std::size_t(org.agents);
  return out;
}

}  // namespace tocsin::tests
