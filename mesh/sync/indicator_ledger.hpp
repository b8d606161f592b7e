// Which indicators are in force: one byte each, retractions that may come before their target,
// and the receipts of those who confirmed.
#pragma once

#include <deque>
#include <optional>
#include <unordered_map>

#include "mesh/sync/expiry_count.hpp"
#include "mesh/sync/retraction.hpp"

namespace tocsin::mesh {

enum class IndicatorState : std::uint8_t {
  none = 0, active = 1, retracted = 2, expired = 3,
  quarantined = 4,  ///< its author was revoked or removed before it
};
std::string_view name_of(IndicatorState state);  // "active", "retracted", ...

/// Sans I/O. What it holds depends on the set of records only, never on their order.
class IndicatorLedger {
 public:
  static constexpr std::size_t retractions_max = 4'000'000;
  static constexpr std::size_t receipts_per_target_max = 4'096;
  static constexpr std::size_t receipted_max = retractions_max;  ///< targets with receipts

  /// Enters the indicator at `ordinal`. `id` is asked for only while there are retractions.
  /// Gives retracted when one of its author's organisation came first.
  IndicatorState add(std::uint64_t ordinal, std::string_view org, std::uint32_t expires_s,
                     const RecordView& record);
  /// The indicator at `ordinal` was dropped, or has moved: nothing is known of it under it any more.
  void forget(std::uint64_t ordinal, std::uint32_t expires_s);
  /// The state now; expiry counts from `now`.
  IndicatorState state(std::uint64_t ordinal, std::uint32_t expires_s, WallTime now) const;
  /// Indicators in force at `now`, as exactly as ExpiryCount tells.
  std::uint64_t active(WallTime now);

  /// The indicator that a retraction names, where it is held here.
  struct Target {
    std::uint64_t ordinal = 0;
    std::string_view org;
    std::uint32_t expires_s = 0;
  };
  enum class Taken : std::uint8_t {
    retracted,  ///< the target was in force here and no longer is
    kept,       ///< the target is not here (yet), or was not in force; remembered
    duplicate,  ///< known before
    foreign,    ///< by another organisation than the target's: has no effect
    full,       ///< retractions_max reached
  };
  Taken retract(const Retraction& retraction, const Digest& record, std::string_view org,
                const std::optional<Target>& target);
  /// Applies what is remembered to a target that was entered before it could be looked up, as
  /// during the replay at start. True when it is retracted now.
  bool settle(const Digest& id, const Target& target);
  /// Takes the indicator at `ordinal` out of force, because its author was not to be believed any
  /// more. True when it was in force.
  bool quarantine(std::uint64_t ordinal, std::uint32_t expires_s);
  /// All targets of remembered retractions, sorted.
  std::vector<Digest> targets() const;

  /// Who retracted `target` and why, once it is retracted here or a retraction waits for it.
  struct Reason {
    std::string org, why;
    Digest record;
  };
  const Reason* reason(const Digest& target) const;

  struct ReceiptEntry {
    std::string org;
    WallTime at;
    bool held = false;
    std::vector<std::string> undone;
  };
  /// False for a duplicate, or when there are receipted_max targets or receipts_per_target_max of
  /// this one already.
  bool add_receipt(const Receipt& receipt, std::string_view org, WallTime at);
  /// By organisation, one each (the first).
  std::vector<ReceiptEntry> receipts(const Digest& target) const;
  bool has_receipt(const Digest& target, std::string_view org) const;
  /// Targets whose retraction `org` has not confirmed: after a restart, to be confirmed then.
  std::vector<Digest> unconfirmed(std::string_view org) const;

 private:
  bool end(const Target& target, IndicatorState as = IndicatorState::retracted);

  std::deque<std::uint8_t> states_;  ///< by ordinal; grows without being copied
  ExpiryCount active_;
  std::unordered_map<Digest, std::vector<Reason>, PrefixHash<Digest>> retractions_;
  std::unordered_map<Digest, std::vector<ReceiptEntry>, PrefixHash<Digest>> receipts_;
};

}  // namespace tocsin::mesh
