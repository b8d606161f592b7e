// How much of the store each author takes up, and from when on no more of it is kept.
#pragma once

#include <map>

#include "mesh/wire/batch.hpp"

namespace tocsin::mesh {

/// Sans I/O. Counts what was verified: nobody can fill another's quota. Indicators stop at the
/// quota; alarms, cases, retractions and revocations have an eighth more, since a withdrawal must
/// arrive whatever came before it. The own agent has no bound but the disk's.
class AuthorQuota {
 public:
  static constexpr std::size_t batch_overhead = 512;  ///< of a batch's places, on average
  AuthorQuota(AgentId own, std::uint64_t bytes_max) : own_(own), bytes_max_(bytes_max) {}

  bool has_room(const LogKey& log) const;
  void add(const LogKey& log, std::size_t encoded_bytes);
  /// So much of a batch was dropped from the store; its places stay.
  void give_back(const LogKey& log, std::size_t bytes);
  std::uint64_t used(const AgentId& author) const;

 private:
  AgentId own_;
  std::uint64_t bytes_max_;
  std::map<AgentId, std::uint64_t> used_;  ///< by author; members' agents
};

}  // namespace tocsin::mesh
