// When to dial again, and which of two connections to one peer stays: rules that both sides
// follow without asking, so that nothing flaps.
#pragma once

#include "crypto/bytes.hpp"
#include "crypto/entropy.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// Waits 100 ms after the first failure, twice as long after each more, at most 1 s, with jitter
/// of a quarter: after a cut heals, both sides are together again within 2 s.
class Backoff {
 public:
  static constexpr Duration first = std::chrono::milliseconds(100);
  static constexpr Duration wait_max = std::chrono::seconds(1);
  Duration next(Entropy& entropy);
  void reset() { wait_ = first; }

 private:
  Duration wait_ = first;
};

/// A connection as the rule sees it.
struct Contender {
  bool dialled = false;  ///< by us
  Duration silent{};     ///< since the peer was heard on it
};
/// A connection that was silent this long gives way to any new one.
inline constexpr Duration doubtful_silence = std::chrono::milliseconds(1500);

/// True when `fresh` takes the place of `held`: the newer one of the same side does; of two sides
/// the one that the smaller agent id dialled.
bool replaces(const Contender& fresh, const Contender& held, const AgentId& own,
              const AgentId& peer);

/// Timestamps for message 1, which must grow per initiator even when the clock does not.
class GreetingClock {
 public:
  WallTime next(WallTime now) { return last_ = std::max(now, last_ + std::chrono::milliseconds(1)); }

 private:
  WallTime last_;
};

}  // namespace tocsin::mesh
