// Brings two agents to the same heads: compares digests, then heads, then pulls what is missing,
// and serves the pulls of others. Sans-I/O; one object per connected peer.
#pragma once

#include <deque>

#include "mesh/sync/reconciler.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// Which of a peer's two connections: alarms never wait behind a backlog.
enum class Purpose : std::uint8_t { live = 0, bulk = 1 };

/// A message that the shell should send.
struct Outgoing {
  Purpose purpose{};
  Message message;
};

/// What is being pulled from anybody, so that nothing is pulled twice at once.
class PullBook {
 public:
  bool taken(const LogKey& log, SequenceRange range) const;
  void take(const PullRange& range) { ranges_.push_back(range); }
  void give_back(const PullRange& range);

 private:
  std::vector<PullRange> ranges_;
};

class Exchange {
 public:
  struct Shared {
    Catalogue& catalogue;
    Store& store;
    const crypto::Charter& charter;
    PullBook& pulls;
    HeadVectors& vectors;
    HeadMemory& memory;  ///< of this peer
    std::string own_address;
  };
  /// Lifetime: what `shared` refers to outlives it.
  Exchange(Shared shared, AgentId peer, std::string org);
  ~Exchange();

  /// The live connection is up: greets.
  std::vector<Outgoing> on_live(WallTime wall);
  std::vector<Outgoing> on_bulk();
  void on_bulk_lost();
  std::vector<Outgoing> on_hello(const Hello& hello);
  /// Errors, of the peer: invalid, too_large.
  Result<std::vector<Outgoing>> on_heads(Heads heads);
  Result<std::vector<Outgoing>> on_delta(const HeadsDelta& delta, WallTime wall);
  /// Errors: refused (more is asked than may be).
  Result<void> on_pull(const Pull& pull);
  std::vector<Outgoing> on_pull_end(const PullEnd& end);
  /// To be called a few times a second: a new greeting when our heads changed, and now and then
  /// another try at what did not come.
  std::vector<Outgoing> tick(Instant now, WallTime wall);
  /// Asks for one batch out of turn, to prove a fork.
  std::vector<Outgoing> ask(const PullRange& range);

  /// The next frame of an answer to the peer's pulls; nothing when none is due. Errors: io.
  Result<std::optional<Bytes>> next_answer();
  bool answering() const { return !serving_.empty(); }

  /// True once the peer showed heads: equal digests or a vector. `confirms` then tells its view.
  bool equal() const { return heads_.equal(); }
  const std::vector<LogHead>* remote() const { return heads_.remote(); }
  std::uint64_t behind() const;
  /// The logs that the peer may read, as we hold them.
  const std::vector<LogHead>& offer() const { return heads_.offer()->logs; }
  Digest offer_digest() const { return heads_.offer()->digest; }
  const std::map<std::string, std::uint64_t>& refused() const { return refused_; }

  static constexpr std::size_t pull_batches_max = 128;    ///< in one pull
  static constexpr std::size_t pulls_open_max = 4;        ///< at once, per peer
  static constexpr std::size_t serving_max = 64;          ///< pulls of the peer that wait here
  static constexpr Duration retry_every = std::chrono::seconds(1);

 private:
  struct Serving {
    std::uint64_t id = 0;
    std::deque<PullRange> ranges;
    std::vector<PullRange> missing;
  };
  std::vector<Outgoing> plan();
  std::vector<Outgoing> heard_heads(std::vector<Message> answers);
  bool denied(const LogKey& log, std::uint64_t sequence) const;
  static void give_up(Serving& serving, const PullRange& range);
  void refill_answers(Serving& serving);

  Shared shared_;
  AgentId peer_;
  std::string org_;
  Reconciler heads_;
  bool bulk_ = false;
  std::uint64_t next_pull_ = 1;
  std::map<std::uint64_t, std::vector<PullRange>> open_pulls_;
  std::vector<PullRange> denied_;  ///< asked for in vain, not again before forgive_
  Instant forgive_;
  std::deque<Serving> serving_;
  std::deque<Bytes> answers_;
  std::map<std::string, std::uint64_t> refused_;
};

}  // namespace tocsin::mesh
