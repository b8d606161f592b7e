// Knows which sealed batches of ours some organisation that may read them has not shown to hold,
// so that other members carry them while it is out of reach. Sans-I/O.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "mesh/wire/frame.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::mesh {

/// It survives a crash: what was signed is in the store, and what each organisation has shown to
/// hold is kept as facts there, by log.
class Lending {
 public:
  static constexpr std::size_t lent_max = 4096;      ///< the newest of one log; others wait
  /// Organisations that carry at first, readers that are reached included.
  static constexpr std::size_t carriers_first = 3;
  /// While nothing shows that a batch arrived, so many more are asked to carry it each time: one
  /// that takes and drops it does not end its way.
  static constexpr Duration more_every = std::chrono::seconds(5);
  /// What was signed before the start is not lent before: its recipients may come back at once.
  static constexpr Duration settle = std::chrono::seconds(3);
  static constexpr std::size_t orgs_max = 64;

  /// `org` is this agent's own. Its agents read what is sealed here, so they never only carry.
  Lending(std::string org, Instant started)
      : org_(std::move(org)), settled_(started + settle) {}

  /// An own sealed log, not RED, has batches up to `newest` for `orgs`. `at_start`: they were in
  /// the store.
  void has(const LogKey& log, const std::vector<std::string>& orgs, std::uint64_t newest,
           bool at_start);
  /// An agent of `org` has shown to hold all up to `contiguous`.
  void shown(const LogKey& log, std::string_view org, std::uint64_t contiguous);
  /// `agent`, which may be a carrier, has shown what it holds of an own log: this and no more. Of
  /// what it claims beyond the newest batch, or beyond head_ranges_max ranges, nothing is kept.
  void holds(const LogHead& head, const AgentId& agent);
  /// Own logs that `org` may read, with their newest sequence.
  std::vector<std::pair<LogKey, std::uint64_t>> logs_for(std::string_view org) const;

  /// The organisations that are reached, each with the agent that would carry; none while that
  /// one has not shown what it holds already.
  using Reached = std::map<std::string, std::optional<AgentId>, std::less<>>;
  /// Batches to be given to `carrier`, who cannot read them.
  struct Errand {
    AgentId carrier;
    LogKey log;
    SequenceRange range;
    bool operator==(const Errand&) const = default;
  };
  /// What is to be lent now, urgent logs first.
  std::vector<Errand> errands(Instant now, const Reached& reached);
  void given(const Errand& errand, std::uint64_t up_to);
  /// An agent's connection broke: what it was given may not have arrived, and it will show what
  /// has.
  void lost(const AgentId& carrier);

  /// Facts for the store: what was shown since the last call, by log.
  std::vector<std::pair<Bytes, Bytes>> take_changes();
  /// One of those, read at start before has(). What is none is passed over.
  void restore(ByteView key, ByteView value);
  static ByteView fact_prefix();

 private:
  struct Entry {
    std::vector<std::string> orgs;
    std::uint64_t newest = 0, at_start = 0;
    std::map<std::string, std::uint64_t, std::less<>> shown;
    std::map<AgentId, std::vector<SequenceRange>> given;  ///< by this agent
    std::map<AgentId, std::vector<SequenceRange>> held;   ///< as the carrier has shown last
    std::size_t carriers = carriers_first;
    std::optional<Instant> owing_since;  ///< or since more carriers were taken
    bool changed = false;
  };
  std::optional<std::uint64_t> first_owed(const Entry& entry, const Reached& reached) const;
  std::vector<AgentId> carriers_of(const LogKey& log, const Entry& entry,
                                   const Reached& reached) const;

  std::string org_;
  Instant settled_;
  std::map<LogKey, Entry> logs_;
};

}  // namespace tocsin::mesh
