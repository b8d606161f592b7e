// Brings two agents to the same heads: compares digests, then heads, then pulls what is missing,
// and serves the pulls of others. Sans-I/O; one object per connected peer.
#pragma once

#include <deque>

#include "mesh/sync/clearance.hpp"
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
    AgentId own;
    std::string own_address;
    std::uint32_t flags = 0;  ///< of the greeting
  };
  /// Lifetime: what `shared` refers to outlives it.
  Exchange(Shared shared, AgentId peer, std::string org);
  ~Exchange();

  /// The live connection is up: greets.
  std::vector<Outgoing> on_live(WallTime wall);
  std::vector<Outgoing> on_bulk();
  void on_bulk_lost();
  std::vector<Outgoing> on_hello(const Hello& hello);
  std::vector<Outgoing> on_heads(Heads heads);
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
  bool equal() const { return equal_; }
  const std::optional<std::vector<LogHead>>& remote() const { return remote_; }
  std::uint64_t behind() const;
  /// The logs that the peer may read, as we hold them.
  std::vector<LogHead> offer() const;
  Digest offer_digest() const { return digest_of(offer()); }
  const std::map<std::string, std::uint64_t>& refused() const { return refused_; }

  static constexpr std::size_t pull_batches_max = 128;    ///< in one pull
  static constexpr std::size_t pulls_open_max = 4;        ///< at once, per peer
  static constexpr std::size_t serving_max = 64;          ///< pulls of the peer that wait here
  static constexpr Duration retry_every = std::chrono::seconds(1);
  static constexpr std::size_t remote_logs_max = 65536;

 private:
  struct Serving {
    std::uint64_t id = 0;
    std::deque<PullRange> ranges;
    std::vector<PullRange> missing;
  };
  std::vector<Outgoing> vector_of_heads();
  std::vector<Outgoing> plan();
  std::vector<Outgoing> show_unasked();
  bool denied(const LogKey& log, std::uint64_t sequence) const;
  static void give_up(Serving& serving, const PullRange& range);
  void refill_answers(Serving& serving);

  Shared shared_;
  AgentId peer_;
  std::string org_;
  std::vector<LogHead> assembling_;
  std::optional<std::vector<LogHead>> remote_;
  Digest greeted_, shown_;   ///< digests of the last greeting and of the last vector sent
  std::optional<Digest> theirs_;  ///< of the peer's last greeting
  bool equal_ = false, bulk_ = false;
  std::uint64_t next_pull_ = 1;
  std::map<std::uint64_t, std::vector<PullRange>> open_pulls_;
  std::vector<PullRange> denied_;  ///< asked for in vain, not again before forgive_
  Instant forgive_;
  std::uint64_t seen_changes_ = ~std::uint64_t(0), compared_changes_ = ~std::uint64_t(0);
  std::deque<Serving> serving_;
  std::deque<Bytes> answers_;
  std::map<std::string, std::uint64_t> refused_;
};

}  // namespace tocsin::mesh
