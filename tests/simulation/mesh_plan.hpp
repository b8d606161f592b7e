// How large a simulated federation is, and what befalls it.
#pragma once

#include "mesh/world/sim_faults.hpp"
#include "tests/federation.hpp"

namespace tocsin::tests {

struct MeshPlan {
  std::uint64_t seed = 1;
  std::vector<Federation::Org> orgs;
  /// Every pair of agents is connected; else each agent to the two gateways of its organisation,
  /// and those to the gateways of the others.
  bool every_pair = true;
  Duration trouble = std::chrono::seconds(15);
  int notes = 50;
  int cuts = 4;      ///< one agent from another, or from all
  int splits = 0;    ///< half of the organisations from the other half
  int crashes = 2;   ///< power cuts and kills
  int restores = 0;  ///< from a copy of the disk that is some seconds old
  int bad_disks = 0; ///< refuses writes, is full, or lets batches rot
  int skewed = 0;    ///< agents whose clock is up to a day off until all heals
  /// Bursts of indicators of which most ended long ago. Once all agree every agent compacts, while
  /// some of them crash and a link is cut, and all must agree again.
  int aging = 0;
  bool twin = false; ///< one agent runs twice from a copied disk: it forks its logs, and repeats
                     ///< what it had said

  /// Two to four organisations of one or two agents: what every run of the tests plays.
  static MeshPlan drawn(std::uint64_t seed);
  /// Everything at once, with a tenth of the agents down at any time.
  static MeshPlan sized(std::uint64_t seed, std::size_t orgs, std::size_t agents);
  /// As `sized`, with only those faults beside the usual that `faults` names: restores, disks,
  /// skew, twin.
  static MeshPlan sized(std::uint64_t seed, std::size_t orgs, std::size_t agents,
                        std::string_view faults);

  std::size_t agents() const;
};

}  // namespace tocsin::tests
