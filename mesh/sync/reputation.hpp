// Keeps out for a while who did wrong again and again. Only what a sender alone can be at fault
// for counts: never a full disk here, an unknown scope, a gap or a clock.
#pragma once

#include <map>

#include "crypto/bytes.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// True for errors that end a session and that no honest peer causes, whatever the state here.
bool is_senders_fault(Errc code);

/// Sans I/O. By agent, as its handshake proved it.
class Reputation {
 public:
  static constexpr int faults_max = 8;                            ///< within `memory`
  static constexpr Duration memory = std::chrono::minutes(10);
  static constexpr Duration out_first = std::chrono::minutes(1);  ///< doubles each time
  static constexpr Duration out_max = std::chrono::hours(1);
  static constexpr std::size_t agents_max = 4'096;

  /// True when this fault shuts the agent out.
  bool fault(const AgentId& agent, Instant now);
  bool is_out(const AgentId& agent, Instant now) const;

 private:
  struct Record {
    int faults = 0;
    Instant last{};
    Instant out_until{};
    Duration out_next = out_first;
  };
  void forget(Instant now);

  std::map<AgentId, Record> records_;
};

}  // namespace tocsin::mesh
