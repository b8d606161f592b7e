// What two agents have told one another of their heads, kept while they are apart, so that they
// need to say only what changed since.
#pragma once

#include <deque>

#include "mesh/sync/head_vector.hpp"

namespace tocsin::mesh {

/// Of one peer; lives as long as the agent runs.
class HeadMemory {
 public:
  static constexpr std::size_t kept_max = 4;  ///< of each side
  /// Of each side; the newest vector is kept whatever its length.
  static constexpr std::size_t logs_max = LogShares::all_max + LogShares::all_max / 4;

  void keep_ours(const SharedHeads& heads) { keep(ours_, heads); }
  void keep_theirs(const SharedHeads& heads) { keep(theirs_, heads); }
  /// One of ours that they may know; null when it is forgotten.
  SharedHeads ours(const HeadsBasis& basis) const { return find(ours_, basis); }
  /// One that they showed, or that both held; null when it is forgotten.
  SharedHeads theirs(const HeadsBasis& basis) const { return find(theirs_, basis); }
  /// What they may take as known to us: what they showed, or what we greeted with and they hold too.
  SharedHeads either(const HeadsBasis& basis) const;
  /// The newest that they showed; null when there is none.
  SharedHeads newest_of_theirs() const { return theirs_.empty() ? nullptr : theirs_.back(); }

 private:
  static std::size_t logs_in(const std::deque<SharedHeads>& among);
  static void keep(std::deque<SharedHeads>& among, const SharedHeads& heads);
  static SharedHeads find(const std::deque<SharedHeads>& among, const HeadsBasis& basis);
  std::deque<SharedHeads> ours_, theirs_;  ///< newest last
};

}  // namespace tocsin::mesh
