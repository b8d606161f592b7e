// Who doubts which indicator, and why.
#pragma once

#include <deque>
#include <map>
#include <unordered_map>

#include "mesh/sync/retraction.hpp"

namespace tocsin::agents {

/// Holds the newest disputes of each organisation: one that raises many pushes out its own only.
class DisputeBook {
 public:
  static constexpr std::size_t per_org_max = 4096;
  static constexpr std::size_t per_target_max = 256;
  static constexpr std::size_t per_org_and_target_max = 8;

  /// What is over a bound of the target is not taken.
  void take(const mesh::Dispute& dispute, std::string_view org);
  using Disputes = std::vector<std::pair<std::string, mesh::Dispute>>;  ///< by organisation
  Disputes of(const Digest& target) const;
  std::size_t size() const;

 private:
  void forget_oldest(const std::string& org);

  std::unordered_map<Digest, Disputes, PrefixHash<Digest>> by_target_;
  std::map<std::string, std::deque<Digest>, std::less<>> targets_of_;  ///< oldest first
};

}  // namespace tocsin::agents
