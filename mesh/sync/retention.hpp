// How long a record is of use: what may be dropped from a store, and when. Decides by what a
// record says and what is known of the indicator that it refers to; knows no store.
#pragma once

#include <functional>
#include <optional>

#include "mesh/wire/record.hpp"

namespace tocsin::mesh {

/// What refers to an indicator is kept this long after the indicator's end.
inline constexpr Duration retained_after = std::chrono::hours(24 * 7);
/// Nothing is dropped before its end has passed by this much: clocks are up to a day apart, and
/// what one holder drops early another still relies on.
inline constexpr Duration drop_margin = std::chrono::hours(24);

enum class Life : std::uint8_t {
  stays,    ///< never dropped: cases, decisions, trust, and what is sealed to persons
  expires,  ///< an indicator
  follows,  ///< as long as the indicator that it names, and retained_after
};
struct RecordLife {
  Life life = Life::stays;
  std::uint32_t expires_s = 0;  ///< of what expires
  Digest target;                ///< of what follows
};
/// Of what follows, a record that names no indicator stays. Trusts the format of an indicator, as
/// open_batch checked it.
RecordLife life_of(const RecordView& record);

/// What a holder knows. Nothing known of an indicator means that what follows it stays.
struct KnownLives {
  /// When the indicator with this digest ends, whether it is still held or was dropped.
  std::function<std::optional<std::uint32_t>(const Digest&)> expiry_of;
  /// When its author's organisation retracted it, if it did.
  std::function<std::optional<WallTime>(const RecordView&)> retracted_at;
  /// True for a record that lives on in a newer batch.
  std::function<bool(const RecordView&)> moved;
};

/// The moment after which no record of the batch is of use to anybody; nothing while that cannot
/// be told. The margin is the caller's to add.
std::optional<WallTime> end_of(std::span<const RecordView> records, const KnownLives& known);

}  // namespace tocsin::mesh
