// Brings two agents to the same heads: compares digests, then heads, then pulls what is missing,
// and serves the pulls of others. Sans-I/O; one object per connected peer.
#pragma once

#include "mesh/sync/absent_ranges.hpp"
#include "mesh/sync/pull_server.hpp"
#include "mesh/sync/reconciler.hpp"

namespace tocsin::mesh {

/// Which of a peer's connections: alarms never wait behind a backlog. Only `bulk` is always there;
/// the other lanes are for large backlogs over long links.
enum class Purpose : std::uint8_t { live = 0, bulk = 1, bulk_2 = 2, bulk_3 = 3, bulk_4 = 4 };
inline constexpr std::size_t purposes = 5;
inline constexpr std::size_t lanes_max = purposes - 1;
inline bool is_bulk(Purpose purpose) { return purpose != Purpose::live; }

/// A message that the shell should send.
struct Outgoing {
  Purpose purpose{};
  Message message;
};

/// What is being pulled from anybody, so that nothing is pulled twice at once.
class PullBook {
 public:
  bool taken(const LogKey& log, SequenceRange range) const;
  /// The parts of `range` that nobody is asked for; none while all that may be open of this log
  /// are, since what comes out of order makes a gap in its head.
  std::vector<SequenceRange> free(const LogKey& log, SequenceRange range) const;
  void take(const PullRange& range) { open_[range.key].push_back(range.range); }
  void give_back(const PullRange& range);

  static constexpr std::size_t open_per_log_max = head_ranges_max * 3 / 4;

 private:
  std::map<LogKey, std::vector<SequenceRange>> open_;
};

class Exchange {
 public:
  struct Shared {
    Catalogue& catalogue;
    Store& store;
    const crypto::Charter& charter;
    PullBook& pulls;
    CreditPool& credit;
    HeadVectors& vectors;
    HeadMemory& memory;  ///< of this peer
    std::string own_address;
    std::uint8_t flags = 0;  ///< of the greeting
  };
  /// Lifetime: what `shared` refers to outlives it.
  Exchange(Shared shared, AgentId peer, std::string org);
  ~Exchange();
  /// The bulk connections of `before`, with what is under way on them, go on here.
  void keep_lanes(Exchange& before);

  /// The live connection is up: greets.
  std::vector<Outgoing> on_live(WallTime wall);
  std::vector<Outgoing> on_bulk(Purpose lane = Purpose::bulk);
  void on_bulk_lost(Purpose lane);
  std::vector<Outgoing> on_hello(const Hello& hello);
  /// Errors, of the peer: invalid, too_large.
  Result<std::vector<Outgoing>> on_heads(Heads heads);
  Result<std::vector<Outgoing>> on_delta(const HeadsDelta& delta, WallTime wall);
  /// Errors: refused (more is asked than may be).
  Result<void> on_pull(const Pull& pull, Purpose lane = Purpose::bulk);
  /// Errors: invalid (credit is taken back).
  Result<void> on_flow(const Flow& flow, Purpose lane = Purpose::bulk);
  /// A batch that came over a lane and takes up its credit.
  struct Brought {
    Purpose lane{};
    Share share{};
    std::size_t bytes = 0;
    Instant at;
  };
  /// Errors: refused (beyond the credit).
  Result<void> arrived(const Brought& batch);
  /// It is on disk, or of no use: what is granted in its place.
  std::vector<Outgoing> consumed(const Brought& batch, Instant now);
  void on_rtt(Duration rtt, Instant now);
  std::vector<Outgoing> on_pull_end(const PullEnd& end);
  /// To be called a few times a second: a new greeting when our heads changed, and now and then
  /// another try at what did not come.
  std::vector<Outgoing> tick(Instant now, WallTime wall);
  /// Asks for one batch out of turn, to prove a fork.
  std::vector<Outgoing> ask(const PullRange& range);

  /// The next frame of an answer to the peer's pulls over this lane; nothing when none is due or
  /// none has credit. Errors: io.
  Result<std::optional<Bytes>> next_answer(Purpose lane = Purpose::bulk);
  bool answering() const;
  /// Nothing is under way on it, in either direction.
  bool idle(Purpose lane) const;
  /// Batches that either side lacks, and how many bulk connections they are worth.
  std::uint64_t backlog() const;
  std::size_t lanes_worth(std::size_t lanes_most) const;
  std::size_t lanes() const { return lanes_.size(); }
  std::size_t credit_bytes() const;

  /// True once the peer showed heads: equal digests or a vector. `confirms` then tells its view.
  bool equal() const { return heads_.equal(); }
  const HeadVector* remote() const { return heads_.remote(); }
  std::uint64_t behind() const;
  /// The logs that the peer may read, as we hold them.
  const SharedHeads& offer() const { return heads_.offer(); }
  Digest offer_digest() const { return heads_.offer()->digest; }
  const std::map<std::string, std::uint64_t>& refused() const { return refused_; }

  static constexpr std::size_t pull_batches_max = 4096;   ///< in one pull
  static constexpr std::size_t pull_batches_first = 128;  ///< while their size is unknown
  static constexpr std::size_t pulls_open_max = 4;        ///< at once, per lane and share
  static constexpr Duration retry_every = std::chrono::seconds(1);
  /// What the peer said it lacks, payloads that were dropped above all, is asked for again so late.
  static constexpr Duration absent_for = std::chrono::minutes(10);

 private:
  /// One bulk connection.
  struct Lane {
    explicit Lane(CreditPool& pool) : in(pool) {}
    struct Asked {
      Share share{};
      std::vector<PullRange> ranges;
    };
    FlowIn in;
    PullServer server;
    std::map<std::uint64_t, Asked> open;  ///< pulls of ours
    std::size_t open_of(Share share) const;
    std::size_t pull_batches(Share share) const;
  };
  /// What plan() gathers for one share of one lane.
  struct Asking {
    std::vector<PullRange> ranges;
    std::size_t batches = 0;
  };
  using Askings = std::map<std::pair<Purpose, Share>, Asking>;
  std::vector<Outgoing> plan();
  std::vector<Outgoing> heard_heads(std::vector<Message> answers);
  std::vector<PullRange> missing() const;
  bool denied(const LogKey& log, std::uint64_t sequence) const;
  bool waits_for_scope(const LogKey& log) const;
  void ask_for(const PullRange& gap, Askings& askings, std::vector<Outgoing>& out);
  std::optional<Purpose> lane_for(Share share, const Askings& askings) const;
  Outgoing open_pull(Purpose lane, Share share, std::vector<PullRange> ranges);
  void give_back(const Lane& lane);
  Lane* lane(Purpose purpose);

  Shared shared_;
  AgentId peer_;
  std::string org_;
  Reconciler heads_;
  std::uint64_t next_pull_ = 1;
  std::map<Purpose, std::unique_ptr<Lane>> lanes_;
  std::vector<PullRange> denied_;  ///< asked for in vain, not again before forgive_
  Instant forgive_;
  AbsentRanges absent_;    ///< what the peer said it lacks
  Instant absent_until_;
  std::map<std::string, std::uint64_t> refused_;
};

}  // namespace tocsin::mesh
