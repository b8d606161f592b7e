// What was seen here and at the partners: counts per indicator and organisation, never who or
// where inside.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "mesh/wire/record.hpp"
#include "mesh/world/clock.hpp"

namespace tocsin::playbooks {

/// Field tags of a sighting record; docs/wire-format.md. Never renumber.
enum class SightingTag : std::uint8_t {
  indicator = 1,   ///< digest of the indicator record that matched
  type = 2,        ///< IndicatorType
  value_key = 3,   ///< value_key(type, value): the same for equal values in different records
  count = 4,       ///< events since the previous sighting of this indicator by this agent
  first_seen = 5,  ///< ms
  last_seen = 6,   ///< ms
  technique = 7,   ///< ATT&CK id, such as T1071.001; may be absent
  source = 8,      ///< kind of event source, such as "dns" or "proxy"; may be absent
};

/// BLAKE2b-256("tocsin.value" ‖ type ‖ canonical value).
Digest value_key(mesh::IndicatorType type, std::string_view canonical_value);

/// A sighting as its record says it. Lifetime: owns all.
struct Sighting {
  Digest indicator;
  mesh::IndicatorType type{};
  Digest value_key;
  std::uint64_t count = 0;
  WallTime first_seen, last_seen;
  std::string technique;
  std::string source;
};
/// `marking` in the header is the indicator's own: a sighting inherits it, and travels in its scope.
Bytes encode_sighting(const mesh::RecordHeader& header, const Sighting& sighting);
/// Errors: invalid (missing or inconsistent fields).
Result<Sighting> view_sighting(const mesh::RecordView& record);

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
/// The first label of the form T1234 or T1234.001, else empty.
std::string technique_of(const std::vector<std::string_view>& labels);

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

  static constexpr std::size_t totals_max = 262144;
  static constexpr std::size_t pending_max = 65536;  ///< a full window is published early
  static constexpr std::size_t seen_max = 1048576;
  static constexpr std::size_t drafts_max = 1024;

 private:
  struct Pending {
    Sighting sighting;
    std::uint32_t ordinal = 0;
    mesh::Instant due{};
    mesh::Instant last_hit{};
  };
  using TotalKey = std::pair<Digest, std::string>;

  SightingDraft take(Pending& pending) const;
  void make_room(mesh::Instant now);
  SightingTotal with_pending(SightingTotal total) const;

  std::string own_org_;
  Options options_;
  std::unordered_map<Digest, Pending, PrefixHash<Digest>> pending_;
  std::set<std::pair<mesh::Instant, Digest>> queue_;
  std::map<TotalKey, SightingTotal> totals_;
  std::unordered_map<Digest, std::uint64_t, PrefixHash<Digest>> seen_;
  std::map<std::uint64_t, Digest> seen_order_;
  std::uint64_t next_seen_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace tocsin::playbooks
