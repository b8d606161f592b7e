// By whose hands the newest batches came here, and when: what `ioc show` tells, and the store does
// not keep.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "crypto/time.hpp"

namespace tocsin::mesh {

/// In memory only: of a batch that is older, or came before the last start, nothing is known.
class Provenance {
 public:
  static constexpr std::size_t batches_max = 65'536;  ///< the newest

  struct Came {
    std::string_view via;  ///< organisation of the peer. Lifetime: the Provenance's
    WallTime received;
  };
  void note(std::uint64_t first_ordinal, std::string_view via, WallTime received);
  void forget(std::uint64_t first_ordinal) { batches_.erase(first_ordinal); }
  std::optional<Came> of(std::uint64_t first_ordinal) const;
  std::size_t size() const { return batches_.size(); }

 private:
  std::set<std::string, std::less<>> orgs_;  ///< each name once; members of the federation
  std::map<std::uint64_t, Came> batches_;    ///< by first ordinal
};

}  // namespace tocsin::mesh
