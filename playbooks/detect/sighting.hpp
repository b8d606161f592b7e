// What was seen here and at the partners: counts per indicator and organisation, never who or
// where inside.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "mesh/world/clock.hpp"
#include "playbooks/detect/sighting_record.hpp"

namespace tocsin::playbooks {

/// What the caller signs and shares: in the scope of the indicator's record, with its marking.
struct SightingDraft {
  Sighting sighting;
  std::uint32_t ordinal = 0;  ///< of the indicator, as given with the hit
  bool urgent = false;        ///< the first of its indicator: publish at once
};

/// One confirmed hit in one event.
struct LocalHit {
  std::uint32_t ordinal = 0;
  Digest indicator;
  mesh::IndicatorType type{};
  Digest value_key;
  WallTime at;            ///< the agent's time; event times are the sources' word
  std::string technique = {};  ///< from the indicator's labels, see technique_of
  std::string source = {};
};
struct SightingTotal {
  Digest indicator;
  mesh::IndicatorType type{};
  Digest value_key;
  std::string org;
  std::uint64_t count = 0;  ///< number of events
  WallTime first_seen, last_seen;
};

struct SightingOptions {
  Duration window = std::chrono::seconds(10);
  Duration quiet = std::chrono::minutes(10);  ///< after it, the next hit is urgent again
};

/// Loop thread only; sans I/O.
class SightingBook {
 public:
  using Options = SightingOptions;
  explicit SightingBook(std::string own_org, Options options = {});

  /// Counts a hit. Gives a draft at once if this indicator was not seen here for `quiet`.
  std::optional<SightingDraft> hit(const LocalHit& hit, mesh::Instant now);
  /// Drafts of windows that have ended, at most drafts_max a call. Call at `next_due`.
  std::vector<SightingDraft> due(mesh::Instant now);
  std::optional<mesh::Instant> next_due() const;

  /// Takes a verified sighting record of any organisation, own ones too (they are what the drafts
  /// have become, and what the store holds at start). False if it was taken before.
  bool merge(const Sighting& sighting, std::string_view org, const Digest& record);
  /// Forgets what is derived from a retracted indicator.
  void forget(const Digest& indicator);

  /// Totals with `last_seen` at or after `since`, newest first. Own events that wait for their
  /// window are counted in.
  std::vector<SightingTotal> list(WallTime since) const;
  std::vector<SightingTotal> of(const Digest& indicator) const;
  std::uint64_t dropped() const { return dropped_; }  ///< totals pushed out by totals_max

  static constexpr std::size_t totals_max = 65536;
  static constexpr std::size_t pending_max = 16384;  ///< when full, what is due next is published early
  static constexpr std::size_t seen_max = 131072;
  static constexpr std::size_t drafts_max = 1024;

 private:
  struct Pending {
    Sighting sighting;
    std::uint32_t ordinal = 0;
    mesh::Instant due{};
    mesh::Instant last_hit{};
  };
  using TotalKey = std::pair<Digest, std::string>;

  void queue(const Digest& indicator, Pending& pending, mesh::Instant due);
  SightingDraft draft_of(const Pending& pending) const;
  SightingDraft take(const Digest& indicator, Pending& pending);
  void make_room();
  SightingTotal own_total(const Pending& pending) const;
  SightingTotal with_pending(SightingTotal total) const;

  std::string own_org_;
  Options options_;
  std::unordered_map<Digest, Pending, PrefixHash<Digest>> pending_;
  std::set<std::pair<mesh::Instant, Digest>> queue_;
  std::vector<SightingDraft> early_;  ///< of entries that gave way
  std::map<TotalKey, SightingTotal> totals_;
  std::set<std::pair<WallTime, TotalKey>> by_last_seen_;
  std::unordered_map<Digest, std::uint64_t, PrefixHash<Digest>> seen_;
  std::map<std::uint64_t, Digest> seen_order_;
  std::uint64_t next_seen_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace tocsin::playbooks
