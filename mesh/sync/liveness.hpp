// Tells which connected agents seem to be silent, so that batches take another way. It never ends
// a session and evicts nobody. An agent that is slow itself doubts others later. Sans-I/O.
#pragma once

#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "crypto/bytes.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// Source: the idea of local health is Lifeguard's (Dadgar, Phillips, Currey, 2018).
class Liveness {
 public:
  /// Every session carries something each second; half of one more is for the way.
  static constexpr Duration silence = std::chrono::milliseconds(1500);
  static constexpr Duration answer_max = std::chrono::milliseconds(500);
  static constexpr Duration tick_every = std::chrono::milliseconds(250);
  /// Each point of bad health is so much more patience; with all of them the session's own end
  /// after three seconds comes first.
  static constexpr Duration patience = std::chrono::milliseconds(500);
  static constexpr int health_max = 3;
  static constexpr std::size_t asked_max = 3;  ///< agents that are asked about one

  struct Peer {
    AgentId agent;
    std::string_view org;
    Instant heard;  ///< when anything came from it last
  };
  /// A question to `via`, of the same organisation as `target`.
  struct Ask {
    AgentId via, target;
    std::uint64_t nonce = 0;
    bool operator==(const Ask&) const = default;
  };

  /// To be called each tick_every with all agents to which a live session is up; gives the
  /// questions to send.
  std::vector<Ask> tick(Instant now, const std::vector<Peer>& peers);
  /// An answer; one to no question, or to an old one, is passed over.
  void answered(const AgentId& target, std::uint64_t nonce, bool alive);

  /// It was silent, and nobody beside it who was asked hears it.
  bool suspects(const AgentId& agent) const;
  /// 0: well. Points for ticks that came late, and for most of the others being silent at once.
  int bad_health() const { return bad_health_; }
  Duration limit() const { return silence + patience * bad_health_; }

 private:
  struct Doubt {
    Instant asked;
    std::uint64_t nonce = 0;
    bool vouched = false, suspected = false;
  };
  void feel(Instant now, const std::vector<Peer>& peers);
  void ask(Instant now, const Peer& about, const std::vector<Peer>& peers, std::vector<Ask>& out);

  std::map<AgentId, Doubt> doubts_;
  std::optional<Instant> last_tick_;
  int bad_health_ = 0, good_ticks_ = 0;
  std::uint64_t next_nonce_ = 1;
};

}  // namespace tocsin::mesh
